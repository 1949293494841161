import Foundation
import Testing

@testable import IICCore

@Suite struct ClusterMergingTests {
  /// `I_lambda` of a joint that is symmetric and normalised, computed from its definition.
  private func information(_ joint: [[Double]], lambda: Double) -> Double {
    let rows = joint.map { $0.reduce(0, +) }
    var sum = 0.0
    for (i, row) in joint.enumerated() {
      for (j, p) in row.enumerated() where p > 0 {
        sum += p * (log(p) - lambda * log(rows[i]) - lambda * log(rows[j]))
      }
    }
    return sum
  }

  private func merged(_ joint: [[Double]], _ groups: [Int]) -> [[Double]] {
    let count = (groups.max() ?? 0) + 1
    var result = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for i in groups.indices {
      for j in groups.indices { result[groups[i]][groups[j]] += joint[i][j] }
    }
    return result
  }

  private func randomJoint(_ count: Int, seed: Int) -> [[Double]] {
    var numbers = RandomStream(seed: seed).numbers()
    var joint = (0..<count).map { _ in (0..<count).map { _ in Double.random(in: 0...1, using: &numbers) } }
    let total = joint.flatMap(\.self).reduce(0, +)
    for i in 0..<count {
      for j in 0...i {
        let mean = (joint[i][j] + joint[j][i]) / (2 * total)
        (joint[i][j], joint[j][i]) = (mean, mean)
      }
    }
    return joint
  }

  /// Each merge, found by trying every pair and computing the information anew.
  private func exhaustive(_ joint: [[Double]], into count: Int, lambda: Double) -> [Int] {
    var groups = Array(joint.indices)
    while (groups.max() ?? 0) + 1 > count {
      let size = (groups.max() ?? 0) + 1
      var best: (information: Double, groups: [Int])?
      for first in 0..<size {
        for second in (first + 1)..<max(size, first + 1) {
          let candidate = groups.map { $0 == second ? first : $0 > second ? $0 - 1 : $0 }
          let kept = information(merged(joint, candidate), lambda: lambda)
          if kept > best?.information ?? -.infinity { best = (kept, candidate) }
        }
      }
      groups = best?.groups ?? groups
    }
    return groups
  }

  @Test(arguments: [1.0, 1.5, 3.0]) func eachMergeLosesTheLeastInformation(lambda: Double) {
    for seed in 0..<5 {
      let joint = randomJoint(9, seed: seed)
      for count in [6, 3, 1] {
        let found = ClusterMerging(joint: joint, into: count, lambda: lambda).groups
        #expect(found == exhaustive(joint, into: count, lambda: lambda))
      }
    }
  }

  @Test func clustersThatShareTheirPairsAreMerged() {
    // Six clusters of three things: views of a thing fall into either of its two clusters.
    let joint = (0..<6).map { i in (0..<6).map { j in i % 3 == j % 3 ? 1.0 / 12 : 0 } }
    let merging = ClusterMerging(joint: joint, into: 3)
    #expect(merging.groups == [0, 1, 2, 0, 1, 2])
    #expect(merging.masses.allSatisfy { abs($0 - 1.0 / 6) < 1e-12 })
    #expect(abs(information(merged(joint, merging.groups), lambda: 1) - log(3)) < 1e-12)
  }

  @Test func scaleAndAsymmetryOfTheJointDoNotMatter() {
    let joint = randomJoint(7, seed: 9)
    var skewed = joint.map { $0.map { $0 * 40 } }
    for i in 0..<7 { for j in 0..<i { (skewed[i][j], skewed[j][i]) = (skewed[i][j] * 1.5, skewed[j][i] * 0.5) } }
    let merging = ClusterMerging(joint: skewed, into: 3)
    #expect(merging.groups == ClusterMerging(joint: joint, into: 3).groups)
  }

  @Test func emptyClustersGoFirst() {
    var joint = randomJoint(4, seed: 2).map { $0 + [0, 0] }
    joint += [[Double](repeating: 0, count: 6), [Double](repeating: 0, count: 6)]
    let groups = ClusterMerging(joint: joint, into: 4).groups
    #expect(Set(groups.prefix(4)).count == 4)
  }

  @Test func asManyGroupsAsClustersChangesNothing() {
    #expect(ClusterMerging(joint: randomJoint(3, seed: 1), into: 3).groups == [0, 1, 2])
  }
}
