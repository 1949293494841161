import Foundation

/// Merges clusters until few are left, each time the two whose union loses least information between paired views
/// (the agglomerative information bottleneck of Slonim and Tishby, 1999, on the objective's joint):
///
///     I_lambda = sum_ij f(P_ij) - 2 lambda sum_i f(P_i),   f(x) = x ln x
struct ClusterMerging {
  /// The group of each cluster, counted from 0.
  private(set) var groups: [Int]
  /// The mass of each cluster before merging; they add up to 1.
  let masses: [Double]

  private let lambda: Double
  /// The joint, symmetric and normalised; rows and columns of clusters that were merged into others are stale.
  private var joint: [[Double]]
  private var marginals: [Double]
  /// What merging row and column would lose, nats.
  private var costs: [[Double]]
  private var alive: [Int]

  /// Merges the clusters of a joint `[K', K']` of any scale into `count` groups, for the objective with `lambda`.
  init(joint: [[Double]], into count: Int, lambda: Double = 1) {
    let all = Array(joint.indices)
    let total = joint.reduce(0) { $0 + $1.reduce(0, +) }
    self.joint = all.map { row in all.map { (joint[row][$0] + joint[$0][row]) / (2 * total) } }
    marginals = self.joint.map { $0.reduce(0, +) }
    masses = marginals
    groups = all
    alive = all
    costs = all.map { _ in [Double](repeating: 0, count: joint.count) }
    self.lambda = lambda
    for first in all { updateCosts(of: first) }
    while alive.count > max(count, 1) { mergeCheapest() }
    let places = Dictionary(uniqueKeysWithValues: zip(alive, 0...))
    groups = groups.map { places[$0] ?? 0 }
  }

  private mutating func mergeCheapest() {
    var (kept, gone, lowest) = (alive[0], alive[1], Double.infinity)
    for (place, first) in alive.enumerated() {
      for second in alive[(place + 1)...] where costs[first][second] < lowest {
        (kept, gone, lowest) = (first, second, costs[first][second])
      }
    }
    alive.removeAll { $0 == gone }
    let others = alive.filter { $0 != kept }
    // A pair of others loses what it did, but for its entries in the two columns that become one.
    for (place, first) in others.enumerated() {
      for second in others[(place + 1)...] {
        let apart =
          gain(joint[first][kept], joint[second][kept]) + gain(joint[first][gone], joint[second][gone])
        let together = gain(joint[first][kept] + joint[first][gone], joint[second][kept] + joint[second][gone])
        costs[first][second] += 2 * (together - apart)
        costs[second][first] = costs[first][second]
      }
    }
    joint[kept][kept] += 2 * joint[kept][gone] + joint[gone][gone]
    for other in others {
      joint[kept][other] += joint[gone][other]
      joint[other][kept] = joint[kept][other]
    }
    marginals[kept] += marginals[gone]
    for cluster in groups.indices where groups[cluster] == gone { groups[cluster] = kept }
    updateCosts(of: kept)
  }

  private mutating func updateCosts(of first: Int) {
    for second in alive where second != first {
      var cost = -2 * lambda * gain(marginals[first], marginals[second])
      for other in alive where other != first && other != second {
        cost += 2 * gain(joint[first][other], joint[second][other])
      }
      let block = joint[first][first] + 2 * joint[first][second] + joint[second][second]
      cost += term(joint[first][first]) + 2 * term(joint[first][second]) + term(joint[second][second]) - term(block)
      (costs[first][second], costs[second][first]) = (cost, cost)
    }
  }

  /// What the sum over f loses when two entries become one.
  private func gain(_ first: Double, _ second: Double) -> Double {
    term(first) + term(second) - term(first + second)
  }

  private func term(_ x: Double) -> Double { x > 0 ? x * log(x) : 0 }
}
