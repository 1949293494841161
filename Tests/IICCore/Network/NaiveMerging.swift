import Foundation

/// Merging from its definition: every pair is tried and the information computed anew.
enum NaiveMerging {
  /// `I_lambda` of a joint that is symmetric and normalised.
  static func information(_ joint: [[Double]], lambda: Double) -> Double {
    let rows = joint.map { $0.reduce(0, +) }
    var sum = 0.0
    for (i, row) in joint.enumerated() {
      for (j, p) in row.enumerated() where p > 0 {
        sum += p * (log(p) - lambda * log(rows[i]) - lambda * log(rows[j]))
      }
    }
    return sum
  }

  static func merged(_ joint: [[Double]], _ groups: [Int]) -> [[Double]] {
    let count = (groups.max() ?? 0) + 1
    var result = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for i in groups.indices {
      for j in groups.indices { result[groups[i]][groups[j]] += joint[i][j] }
    }
    return result
  }

  /// The group of each cluster; of pairs that lose equally little, but for rounding, the first is merged.
  static func groups(_ joint: [[Double]], into count: Int, lambda: Double) -> [Int] {
    let total = joint.flatMap(\.self).reduce(0, +)
    let all = joint.indices
    let even = all.map { i in all.map { j in (joint[i][j] + joint[j][i]) / (2 * total) } }
    var groups = Array(all)
    while (groups.max() ?? 0) + 1 > count {
      let size = (groups.max() ?? 0) + 1
      let pairs = (0..<size).flatMap { first in ((first + 1)..<max(size, first + 1)).map { (first, $0) } }
      let candidates = pairs.map { first, second in
        groups.map { $0 == second ? first : $0 > second ? $0 - 1 : $0 }
      }
      let kept = candidates.map { information(merged(even, $0), lambda: lambda) }
      let best = kept.max() ?? 0
      groups = kept.firstIndex { $0 > best - 1e-12 }.map { candidates[$0] } ?? groups
    }
    return groups
  }
}
