import Files
import Foundation
import Torch

/// Which items of a run to look at again, and why. No label takes part in it.
///
/// What is usual is taken from the data: distances are compared with those of other items by the median and the median
/// absolute deviation of their logarithms.
public struct Doubts {
  /// Why an item is doubted.
  public enum Kind: String, Sendable, Encodable, CaseIterable {
    /// Another item has the very same sample.
    case duplicate
    /// Another item is much nearer than items usually are.
    case nearDuplicate = "near_duplicate"
    /// Its nearest items are much farther than those of others.
    case outlier
    /// Another cluster is nearly as likely.
    case margin
    /// The sub-heads put it in different clusters.
    case disagreement
    /// Its cluster has few items.
    case fewItems = "few_items"
  }

  /// An item with what speaks against it.
  public struct Doubt: Sendable {
    /// Its name, its cluster, and by how much that is likelier than the next one.
    public let id: String, cluster: Int, margin: Float
    /// How much speaks against it: the largest of the reasons' weights, deviations beyond the usual.
    public let weight: Double
    /// The reasons, in words, the weightiest first.
    public let reasons: [(kind: Kind, text: String)]
  }

  /// The items that something speaks against, the weightiest first.
  public let doubts: [Doubt]
  /// The items that were looked at.
  public let count: Int

  /// How many neighbours tell how far an item is from others: more than strangers that are alike have among themselves.
  private static func neighbours(of count: Int) -> Int { min(count - 1, max(10, min(100, count / 200))) }
  /// The fewest items that can be told apart from the usual.
  private static let leastItems = 20
  /// What is farther from the median than so many deviations is unusual.
  private static let limit = 3.0
  /// The weight of what is certain.
  private static let certain = 100.0
  /// Below this margin two clusters are nearly alike.
  private static let leastMargin: Float = 0.1

  /// Looks at the items that a run clusters.
  public init(_ run: FinishedRun) throws {
    let experiment = run.experiment
    guard !run.network.isDense else {
      throw UserError("\(run.folder.path): clusters the places of items; doubt is about items")
    }
    let items = experiment.evaluatedItems
    count = items.count
    guard count >= Self.leastItems else {
      throw UserError("\(run.folder.path): found \(count) items; expected \(Self.leastItems) or more")
    }
    let description = experiment.dataset.description
    let assigner = try Assigner(RunModel(finished: run))
    let labels = try assigner.labels(of: items[...], in: experiment.dataset)
    let (subhead, _, _) = try run.clusters()
    let assignments = try experiment.assignments(of: run.network, subhead: subhead)
    var findings = [[(weight: Double, kind: Kind, text: String)]](repeating: [], count: count)
    func name(_ place: Int) -> String { description.ids[items[place]] }

    let twins = Self.equalSamples(experiment.dataset, items)
    for (place, twin) in twins {
      findings[place].append((Self.certain, .duplicate, "the same as \(name(twin))"))
    }

    let features = try experiment.headInputs(of: run.network, items)
    let near = try NearestNeighbours(k: Self.neighbours(of: count), metric: .cosine).neighbourhoods(of: features)
    let nearest = near.indices.map { place in near[place].distances.first ?? 0 }
    // Of equal samples each has the other at no distance; the usual is that of the others.
    let usual = Spread(nearest.indices.filter { twins[$0] == nil }.map { nearest[$0] })
    for place in near.indices where twins[place] == nil {
      guard let other = near[place].items.first else { continue }
      let deviations = -usual.deviations(of: nearest[place])
      guard deviations > Self.limit else { continue }
      findings[place].append((deviations, .nearDuplicate, "very near \(name(other))"))
    }

    let distances = near.map { $0.distances.reduce(0, +) / Double(max(1, $0.distances.count)) }
    let reach = Spread(distances)
    for (place, distance) in distances.enumerated() {
      let deviations = reach.deviations(of: distance)
      guard deviations > Self.limit else { continue }
      findings[place].append((deviations, .outlier, "far from all others, in cluster \(labels[place].cluster)"))
    }
    let byCluster = Dictionary(grouping: labels.indices, by: { labels[$0].cluster })
    for (cluster, places) in byCluster where places.count * 10 * byCluster.count < count {
      for place in places { findings[place].append((1, .fewItems, "cluster \(cluster) has \(places.count) items")) }
    }

    let consensus = try EvaluationReport(assignments, labels: nil).together?.consensus
    for place in labels.indices {
      let margin = labels[place].margin
      if margin < Self.leastMargin {
        let weight = 2 * Double(1 - margin / Self.leastMargin)
        findings[place].append(
          (weight, .margin, "another cluster is nearly as likely, by \(String(format: "%.3f", margin))"))
      }
      guard let consensus else { continue }
      let votes = assignments.clusters.map { $0[place] }
      let (_, share) = consensus.cluster(of: votes)
      guard share < 1 else { continue }
      let agreeing = Int((share * Double(votes.count)).rounded())
      let text = "\(agreeing) of \(votes.count) sub-heads agree"
      findings[place].append((2 * (1 - share), .disagreement, text))
    }

    doubts = findings.indices.compactMap { place -> Doubt? in
      let reasons = findings[place].sorted { $0.weight > $1.weight }
      guard let first = reasons.first else { return nil }
      return Doubt(
        id: name(place), cluster: labels[place].cluster, margin: labels[place].margin, weight: first.weight,
        reasons: reasons.map { ($0.kind, $0.text) })
    }.sorted { $0.weight > $1.weight }
  }

  /// For each place whose sample is another's, byte by byte, the first such other.
  private static func equalSamples(_ dataset: Dataset, _ items: [Int]) -> [Int: Int] {
    var first: [Int: [Int]] = [:]
    var twins: [Int: Int] = [:]
    for (place, item) in items.enumerated() {
      let bytes = dataset.bytes(at: [item])
      var hasher = Hasher()
      bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
      let hash = hasher.finalize()
      if let other = first[hash]?.first(where: { dataset.bytes(at: [items[$0]]) == bytes }) {
        twins[place] = other
        if twins[other] == nil { twins[other] = place }
      } else {
        first[hash, default: []].append(place)
      }
    }
    return twins
  }

  /// The doubts as CSV: `id,cluster,margin,weight,kinds,reasons`.
  public var table: String {
    var text = "id,cluster,margin,weight,kinds,reasons\n"
    for doubt in doubts {
      let kinds = doubt.reasons.map(\.kind.rawValue).joined(separator: " ")
      let reasons = doubt.reasons.map(\.text).joined(separator: "; ")
      text += "\(CSVField.text(doubt.id)),\(doubt.cluster),\(String(format: "%.4f", doubt.margin)),"
      text += "\(String(format: "%.2f", doubt.weight)),\(kinds),\(CSVField.text(reasons))\n"
    }
    return text
  }
}

/// What is usual of some distances: the median of their logarithms, and the deviation that a normal distribution of the same
/// median absolute deviation has.
private struct Spread {
  private let median, deviation: Double

  init(_ distances: [Double]) {
    let logs = distances.map(Self.logarithm).sorted()
    median = Self.median(logs)
    deviation = max(1.4826 * Self.median(logs.map { [median] in abs($0 - median) }.sorted()), 1e-3)
  }

  /// How many deviations a distance is above the median; negative below.
  func deviations(of distance: Double) -> Double { (Self.logarithm(distance) - median) / deviation }

  private static func logarithm(_ distance: Double) -> Double { log(max(distance, 1e-9)) }

  private static func median(_ sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
