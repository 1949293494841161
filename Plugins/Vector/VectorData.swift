import Archive
import Files
import IICCore
import Manifest
import Reading
import Torch

/// The `data` section of a manifest about vectors.
struct VectorData: Sendable {
  /// The neighbours of a vector where a manifest does not say how many and there are as many others.
  private static let usualNeighbours = 20

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
  private let neighbours: (k: Int?, metric: NearestNeighbours.Metric)

  /// Reads the section; `namesPairs` says that the manifest itself names items that belong together.
  init(from section: SectionReader, namesPairs: Bool) throws(ManifestError) {
    source = try section.dataSource("file, folder or archive with the vectors")
    layout = try VectorLayout(from: section, path: source.path)
    standardise = try section(
      "standardise", .boolean, default: true,
      "whether each feature is moved and scaled to mean 0 and deviation 1, in float64; one that never changes becomes 0"
    )
    normalise = try section(
      "normalise", .boolean, default: false, "whether each vector is scaled to length 1, afterwards")
    // Noise on a vector says little of its class; that near vectors are of one class says much.
    pairs =
      try section(
        "pairs", .choice(of: Pairs.self), default: nil,
        "what the other side of a vector's pair is; if absent, neighbours, or itself beside a section pairs")
      ?? (namesPairs ? .itself : .neighbours)
    neighbours = try section.section("neighbours", "which neighbours, with pairs: neighbours") {
      section throws(ManifestError) in
      (
        try section(
          "k", .integer(in: 1...10_000), default: nil,
          "neighbours of a vector, one of which is drawn; if absent, \(Self.usualNeighbours), or all others if fewer"
        ),
        try section("metric", .choice, default: .euclidean, "how near two vectors are")
      )
    }
    try section.requires("neighbours", of: "pairs", pairs == .neighbours, "without pairs: neighbours")
  }

  /// Reads the vectors; `fitted` are the means and deviations of other data that they are moved and scaled by.
  func dataset(cache: SampleCache, fitted: FittedState?, findsPartners: Bool) throws -> Dataset {
    let fitted = standardise ? fitted : nil
    let decoding = "vector \(layout.key) standardise \(standardise) normalise \(normalise)"
    var dataset = try cache.dataset(
      sources: [(source, layout.entries(of: source))], decoding: decoding, fitted: fitted
    ) { writer in
      var table = try layout.table(of: source)
      if standardise { try table.standardise(by: fitted) } else { table.noteLostVariation() }
      table.isNormalised = normalise
      try table.write(to: &writer)
      return table.description
    }
    guard pairs == .neighbours, findsPartners else { return dataset }
    let count = dataset.count
    let k = neighbours.k ?? max(1, min(Self.usualNeighbours, count - 1))
    guard k < count else {
      throw UserError(
        "found \(k); the data has \(count) vectors, so at most \(count - 1) are allowed", key: "data.neighbours.k")
    }
    let search = NearestNeighbours(k: k, metric: neighbours.metric)
    let mining = "\(decoding) neighbours in float64 \(neighbours.metric.rawValue) \(k)"
    try dataset.setPartners(
      cache.partners(of: dataset, mining: mining) { try search(dataset.samples(at: Array(0..<count)[...])) })
    return dataset
  }
}
