import Foundation
import Torch

/// How a head uses its clusters over an epoch: the sign by which collapse is noticed.
public struct ClusterUsage: Sendable, Codable {
  /// The figures of the sub-head that uses its clusters best and of all of them together.
  public struct Figures: Sendable, Codable {
    /// The clusters that hold at least a tenth of an equal share, in the best sub-head.
    public let clustersInUse: Int
    /// The entropy of the mean probabilities as a part of ln K, in the best sub-head: 1 for clusters of equal mass.
    public let entropy: Double
    /// The mean normalised mutual information of two sub-heads' clusters over the last step; nil with one sub-head.
    public let agreement: Double?

    private enum CodingKeys: String, CodingKey {
      case clustersInUse = "clusters_in_use"
      case entropy, agreement
    }
  }

  /// The summed probabilities of each sub-head, `[S][K]`.
  private var mass: [[Double]] = []
  private var agreement: Double?

  /// Takes a step's probabilities of base views, `[n, S, K]`; on the last step of an epoch the sub-heads' clusters too.
  mutating func add(_ probabilities: Tensor, isLast: Bool) throws {
    let shape = probabilities.shape
    let (subheads, clusters) = (shape[1], shape[2])
    let sums = try probabilities.detached().sum([0]).doubles()
    if mass.isEmpty { mass = Array(repeating: Array(repeating: 0, count: clusters), count: subheads) }
    for subhead in 0..<subheads {
      for cluster in 0..<clusters { mass[subhead][cluster] += sums[subhead * clusters + cluster] }
    }
    guard isLast, subheads > 1 else { return }
    let found = try probabilities.argmax(along: 2).transposed().integers()
    let columns = (0..<subheads).map { Array(found[($0 * shape[0])..<(($0 + 1) * shape[0])]) }
    var sum = 0.0
    for second in 1..<subheads {
      for first in 0..<second {
        sum += try ClusteringScores(clusters: columns[first], classes: columns[second]).nmi
      }
    }
    agreement = sum / Double(subheads * (subheads - 1) / 2)
  }

  /// How one sub-head uses its clusters.
  struct Subhead {
    /// The clusters that hold at least a tenth of an equal share.
    let clustersInUse: Int
    /// The entropy of the mean probabilities as a part of ln K.
    let entropy: Double
  }

  /// What the masses say of each sub-head; empty before the first step.
  var subheads: [Subhead] {
    mass.map { row in
      let total = row.reduce(0, +)
      let shares = row.map { $0 / total }
      let entropy = 0 - shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } / log(Double(row.count))
      return Subhead(clustersInUse: shares.count { $0 >= 0.1 / Double(row.count) }, entropy: entropy)
    }
  }

  /// What the masses say; nil before the first step.
  public var figures: Figures? {
    let subheads = subheads
    guard !subheads.isEmpty else { return nil }
    return Figures(
      clustersInUse: subheads.map(\.clustersInUse).max() ?? 0, entropy: subheads.map(\.entropy).max() ?? 0,
      agreement: agreement)
  }
}
