import Foundation

/// How well clusters agree with classes.
public struct ClusteringScores: Sendable, Equatable, Codable {
  /// The share of items whose class is the one matched to their cluster, under the best one-to-one matching of
  /// clusters and classes; in 0...1.
  public let acc: Double
  /// The share of items whose class is the most frequent one of their cluster; in 0...1. It never falls as clusters
  /// are split, so it may only be compared at equal numbers of clusters.
  public let accManyToOne: Double
  /// Normalised mutual information, I(X; Y) / ((H(X) + H(Y)) / 2); in 0...1.
  public let nmi: Double
  /// The adjusted Rand index; 1 for equal partitions, about 0 for independent ones, at least -0.5.
  public let ari: Double

  private enum CodingKeys: String, CodingKey {
    case acc
    case accManyToOne = "acc_many_to_one"
    case nmi
    case ari
  }

  /// Scores the items; `clusters[i]` and `classes[i]` are the labels of item i.
  ///
  /// Throws a `ClusteringScoresError` if the lengths differ or there are no items.
  public init(clusters: [Int], classes: [Int]) throws(ClusteringScoresError) {
    self.init(try ContingencyTable(clusters: clusters, classes: classes))
  }

  /// Scores the items of a table.
  public init(_ table: ContingencyTable) {
    acc = table.accuracy(of: table.matchedClasses())
    accManyToOne = table.accuracy(of: table.majorityClasses())
    nmi = table.normalizedMutualInformation
    ari = table.adjustedRandIndex
  }
}

/// Why there is nothing to score.
public enum ClusteringScoresError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The two lists of labels have these different lengths.
  case lengthsDiffer(clusters: Int, classes: Int)
  /// The lists of labels are empty.
  case noItems

  /// The error as one line.
  public var description: String {
    switch self {
    case .lengthsDiffer(let clusters, let classes):
      "found \(clusters) cluster labels and \(classes) class labels; expected one of each per item"
    case .noItems: "found no labelled items to score; expected at least one"
    }
  }
}

extension ContingencyTable {
  /// I(X; Y) over the arithmetic mean of H(X) and H(Y), in nats; 1 if there is one cluster and one class.
  var normalizedMutualInformation: Double {
    if clusters.count == 1 && classes.count == 1 { return 1 }
    // One entropy is zero, and with it the information.
    if clusters.count == 1 || classes.count == 1 { return 0 }
    let total = Double(itemCount)
    let clusterCounts = clusterCounts
    let classCounts = classCounts
    var information = 0.0
    for row in clusters.indices {
      for column in classes.indices where self[row, column] > 0 {
        let shared = Double(self[row, column])
        let expected = Double(clusterCounts[row]) * Double(classCounts[column]) / total
        let term = shared / total * log(shared / expected)
        // Rounding must not make independent labels look dependent.
        if abs(term) >= Double.ulpOfOne { information += term }
      }
    }
    let mean = (entropy(clusterCounts) + entropy(classCounts)) / 2
    return min(max(information / mean, 0), 1)
  }

  /// The entropy in nats of the partition into parts of these sizes.
  private func entropy(_ sizes: [Int]) -> Double {
    sizes.reduce(0) { sum, size in
      let share = Double(size) / Double(itemCount)
      return sum - share * log(share)
    }
  }

  /// The adjusted Rand index from the four counts of ordered pairs of items: together in both partitions, in one
  /// only, in neither.
  fileprivate var adjustedRandIndex: Double {
    // Squares of counts stay below 2^63 up to 3 * 10^9 items; their products do not, hence Double below.
    let squares = counts.reduce(0) { $0 + $1 * $1 }
    let clusterSquares = clusterCounts.reduce(0) { $0 + $1 * $1 }
    let classSquares = classCounts.reduce(0) { $0 + $1 * $1 }
    let clusterOnly = clusterSquares - squares
    let classOnly = classSquares - squares
    if clusterOnly == 0 && classOnly == 0 { return 1 }
    let both = Double(squares - itemCount)
    let neither = Double(itemCount * itemCount - clusterOnly - classOnly - squares)
    let (first, second) = (Double(clusterOnly), Double(classOnly))
    return 2 * (both * neither - first * second)
      / ((both + first) * (first + neither) + (both + second) * (second + neither))
  }
}
