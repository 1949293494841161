import Foundation
import Torch

/// How a head uses its clusters over an epoch: the sign by which collapse is noticed.
public struct ClusterUsage: Sendable, Codable {
  /// The figures of an epoch, of which some are the best sub-head's and some those of the one of lowest loss, whose
  /// clusters are the result.
  public struct Figures: Sendable, Codable {
    /// The clusters whose mean probability is at least a tenth of an equal share, in the sub-head with most of them.
    public let clustersInUse: Int
    /// The clusters in which at least a tenth of an equal share of the items is, each in its most probable one, in the
    /// sub-head of lowest loss.
    public let clustersWithItems: Int
    /// The same of every sub-head.
    public let clustersWithItemsBySubhead: [Int]
    /// The entropy of the mean probabilities as a part of ln K, in the best sub-head: 1 for clusters of equal mass.
    public let entropy: Double
    /// The deviation over items of a cluster's probability, in units of 1 / K, over the last step, in the sub-head where
    /// it is largest: 0 where every item is told the same, sqrt(K - 1) where each is sure of one of equal clusters.
    public let spread: Double
    /// The mean normalised mutual information of two sub-heads' clusters over the last step; nil with one sub-head.
    public let agreement: Double?

    private enum CodingKeys: String, CodingKey {
      case clustersInUse = "clusters_in_use"
      case clustersWithItems = "clusters_with_items"
      case clustersWithItemsBySubhead = "clusters_with_items_by_subhead"
      case entropy, spread, agreement
    }
  }

  /// The summed probabilities of each sub-head, `[S][K]`.
  private var mass: [[Double]] = []
  /// The items in each cluster of each sub-head, `[S][K]`; an item counts once a step that it is in.
  private var counts: [[Int]] = []
  private var spread = 0.0
  private var agreement: Double?

  /// Takes a step's probabilities of base views, `[n, S, K]`; on the last step of an epoch it also looks at how they
  /// differ between items and between sub-heads.
  mutating func add(_ probabilities: Tensor, isLast: Bool) throws {
    let probabilities = try probabilities.detached()
    let shape = probabilities.shape
    let (items, subheads, clusters) = (shape[0], shape[1], shape[2])
    let sums = try probabilities.sum([0]).doubles()
    let found = try probabilities.argmax(along: 2).transposed().integers()  // [S, n]
    if mass.isEmpty {
      mass = Array(repeating: Array(repeating: 0, count: clusters), count: subheads)
      counts = Array(repeating: Array(repeating: 0, count: clusters), count: subheads)
    }
    for subhead in 0..<subheads {
      for cluster in 0..<clusters { mass[subhead][cluster] += sums[subhead * clusters + cluster] }
      for item in 0..<items { counts[subhead][found[subhead * items + item]] += 1 }
    }
    guard isLast else { return }
    let apart = try probabilities - probabilities.mean([0], keepingDimensions: true)
    let variances = try (apart * apart).mean([0, 2]).doubles()  // [S]
    spread = Double(clusters) * (variances.max() ?? 0).squareRoot()
    guard subheads > 1 else { return }
    let columns = (0..<subheads).map { Array(found[($0 * items)..<(($0 + 1) * items)]) }
    var sum = 0.0
    for second in 1..<subheads {
      for first in 0..<second {
        sum += try ContingencyTable(clusters: columns[first], classes: columns[second]).normalizedMutualInformation
      }
    }
    agreement = sum / Double(subheads * (subheads - 1) / 2)
  }

  /// How one sub-head uses its clusters.
  struct Subhead {
    /// The clusters whose mean probability is at least a tenth of an equal share.
    let clustersInUse: Int
    /// The clusters in which at least a tenth of an equal share of the items is.
    let clustersWithItems: Int
    /// The entropy of the mean probabilities as a part of ln K.
    let entropy: Double
  }

  /// What the epoch says of each sub-head; empty before the first step.
  var subheads: [Subhead] {
    zip(mass, counts).map { mass, counts in
      let total = mass.reduce(0, +)
      let entropy = mass.reduce(0) { $0 - ($1 > 0 ? $1 / total * log($1 / total) : 0) } / log(Double(mass.count))
      return Subhead(
        clustersInUse: Self.clustersInUse(mass), clustersWithItems: Self.clustersInUse(counts.map(Double.init)),
        entropy: entropy)
    }
  }

  /// The clusters that hold at least a tenth of an equal share of what all hold, and something.
  static func clustersInUse(_ held: [Double]) -> Int {
    let total = held.reduce(0, +)
    return held.count { $0 > 0 && 10 * Double(held.count) * $0 >= total }
  }

  /// What the epoch says, with the mean loss of each sub-head; nil before the first step.
  public func figures(losses: [Double]) -> Figures? {
    let subheads = subheads
    guard !subheads.isEmpty else { return nil }
    let withItems = subheads.map(\.clustersWithItems)
    let best = losses.indices.prefix(subheads.count).min { losses[$0] < losses[$1] } ?? 0
    return Figures(
      clustersInUse: subheads.map(\.clustersInUse).max() ?? 0, clustersWithItems: withItems[best],
      clustersWithItemsBySubhead: withItems, entropy: subheads.map(\.entropy).max() ?? 0, spread: spread,
      agreement: agreement)
  }
}
