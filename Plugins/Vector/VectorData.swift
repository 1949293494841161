import Archive
import IICCore
import Torch

/// The `data` section of a manifest about vectors.
struct VectorData: Sendable, ManifestSection {
  /// What the other side of an item's pair is.
  enum Pairs: String, CaseIterable, Sendable {
    /// The item itself, in another view.
    case itself
    /// One of its nearest neighbours.
    case neighbours
  }

  let source: DataSource
  let layout: VectorLayout
  let standardise, normalise: Bool
  let pairs: Pairs
  private let neighbours: NearestNeighbours

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("file, folder or archive with the vectors")
    layout = try VectorLayout(from: section)
    standardise = try section.boolean(
      "standardise", default: true, "whether each feature is moved and scaled to mean 0 and deviation 1")
    normalise = try section.boolean(
      "normalise", default: false, "whether each vector is scaled to length 1, afterwards")
    pairs = try section.choice("pairs", default: .itself, "what the other side of a vector's pair is")
    neighbours = try section.section("neighbours", "which neighbours, with pairs: neighbours") {
      section throws(ManifestError) in
      NearestNeighbours(
        k: try section.integer("k", default: 20, in: 1...10_000, "neighbours of a vector, one of which is drawn"),
        metric: try section.choice("metric", default: .euclidean, "how near two vectors are"))
    }
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let decoding = "vector \(layout.key) standardise \(standardise) normalise \(normalise)"
    var dataset = try cache.dataset(sources: [(source, layout.entries)], decoding: decoding) { writer in
      var table = try layout.table(of: source)
      if standardise { table.standardise() }
      if normalise { table.normalise() }
      try table.write(to: &writer)
      return table.description
    }
    guard pairs == .neighbours else { return dataset }
    let count = dataset.count
    guard neighbours.k < count else {
      throw DataError(
        "found \(neighbours.k); the data has \(count) vectors, so at most \(count - 1) are allowed",
        key: "data.neighbours.k")
    }
    let mining = "\(decoding) neighbours in float64 \(neighbours.metric.rawValue) \(neighbours.k)"
    dataset.partners = try cache.partners(of: dataset, mining: mining) {
      try neighbours(dataset.samples(at: Array(0..<count)[...]))
    }
    return dataset
  }
}
