import Foundation
import Testing

@testable import IICCore

@Suite struct ClusterMergingTests {
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

  private func merging(
    _ joint: [[Double]], into count: Int, lambda: Double = 1, threads: Int = 2
  ) -> ClusterMerging {
    ClusterMerging(joint: joint.flatMap(\.self), into: count, lambda: lambda, threads: threads) {}
  }

  @Test(arguments: [0.5, 1.0, 1.5, 3.0]) func eachMergeLosesTheLeastInformation(lambda: Double) {
    for seed in 0..<5 {
      let joint = randomJoint(9, seed: seed)
      // Clusters of very different mass, few of whose pairs are of two clusters.
      let masses = (0..<9).map { pow(0.3, Double($0)) }
      var steep = joint
      for i in 0..<9 {
        for j in 0..<9 {
          let factor: Double = i == j ? 30 : i + j < 8 ? 1 : 0
          steep[i][j] *= masses[i] * masses[j] * factor
        }
      }
      for joint in [joint, steep] {
        for count in [6, 3, 1] {
          let expected = NaiveMerging.groups(joint, into: count, lambda: lambda)
          #expect(merging(joint, into: count, lambda: lambda).groups == expected)
        }
      }
    }
  }

  /// Many merges of these lose the same, though their sums are added in different orders.
  @Test(arguments: [1.0, 2.0]) func ofEqualMergesTheFirstIsMade(lambda: Double) {
    let same = (0..<8).map { _ in [Double](repeating: 0.1, count: 8) }
    let blocks: [[Double]] = (0..<8).map { i in (0..<8).map { j in i % 4 == j % 4 ? 0.7 : 0.1 } }
    let near: [Double] = [0.9, 0.3, 0.1, 0, 0, 0, 0, 0.1, 0.3]
    let ring: [[Double]] = (0..<9).map { i in (0..<9).map { j in near[(j - i + 9) % 9] } }
    for joint in [same, blocks, ring] {
      for count in [7, 5, 4, 2] {
        let expected = NaiveMerging.groups(joint, into: count, lambda: lambda)
        #expect(merging(joint, into: count, lambda: lambda).groups == expected)
      }
    }
    // With lambda 1 no merge of clusters that are all alike loses anything; above, small ones cost less than large ones.
    let expected = lambda == 1 ? [0, 0, 0, 1, 2, 3, 4, 5] : [0, 0, 1, 1, 2, 3, 4, 5]
    #expect(merging(same, into: 6, lambda: lambda).groups == expected)
  }

  @Test func theNumberOfThreadsDoesNotMatter() {
    let joint = randomJoint(70, seed: 3)
    let expected = merging(joint, into: 5, threads: 1).groups
    for threads in [2, 3, 5, 200] { #expect(merging(joint, into: 5, threads: threads).groups == expected) }
  }

  /// Within a thing, pairs fall into its clusters by their masses alone: merging those loses nothing.
  @Test func clustersOfAThingAreFoundAmongMany() {
    var numbers = RandomStream(seed: 4).numbers()
    let masses = (0..<300).map { _ in Double.random(in: 0.01...1, using: &numbers) }
    let things = (0..<300).map { _ in Int.random(in: 0..<6, using: &numbers) }
    var totals = [Double](repeating: 0, count: 6)
    for (mass, thing) in zip(masses, things) { totals[thing] += mass }
    let joint: [[Double]] = (0..<300).map { i in
      (0..<300).map { j in things[i] == things[j] ? masses[i] * masses[j] / totals[things[i]] : 0 }
    }
    let found = merging(joint, into: 6)
    var names: [Int: Int] = [:]
    let expected = things.map { thing in
      names[thing] = names[thing] ?? names.count
      return names[thing] ?? 0
    }
    #expect(found.groups == expected)
    let sum = masses.reduce(0, +)
    #expect(zip(found.masses, masses).allSatisfy { abs($0 - $1 / sum) < 1e-12 })
  }

  @Test func aWishToStopEndsIt() throws {
    struct Stop: Error {}
    let joint = randomJoint(20, seed: 5).flatMap(\.self)
    var calls = 0
    _ = ClusterMerging(joint: joint, into: 5) { calls += 1 }
    // Once before the costs are computed and before each of fifteen merges.
    #expect(calls == 16)
    for last in [1, 2, 16] {
      calls = 0
      #expect(throws: Stop.self) {
        _ = try ClusterMerging(joint: joint, into: 5) {
          calls += 1
          if calls == last { throw Stop() }
        }
      }
      #expect(calls == last)
    }
  }

  @Test func clustersThatShareTheirPairsAreMerged() {
    // Six clusters of three things: views of a thing fall into either of its two clusters.
    let joint = (0..<6).map { i in (0..<6).map { j in i % 3 == j % 3 ? 1.0 / 12 : 0 } }
    let merging = merging(joint, into: 3)
    #expect(merging.groups == [0, 1, 2, 0, 1, 2])
    #expect(merging.masses.allSatisfy { abs($0 - 1.0 / 6) < 1e-12 })
    #expect(abs(NaiveMerging.information(NaiveMerging.merged(joint, merging.groups), lambda: 1) - log(3)) < 1e-12)
  }

  @Test func scaleAndAsymmetryOfTheJointDoNotMatter() {
    let joint = randomJoint(7, seed: 9)
    var skewed = joint.map { $0.map { $0 * 40 } }
    for i in 0..<7 { for j in 0..<i { (skewed[i][j], skewed[j][i]) = (skewed[i][j] * 1.5, skewed[j][i] * 0.5) } }
    #expect(merging(skewed, into: 3).groups == merging(joint, into: 3).groups)
  }

  @Test func emptyClustersGoFirst() {
    var joint = randomJoint(4, seed: 2).map { $0 + [0, 0] }
    joint += [[Double](repeating: 0, count: 6), [Double](repeating: 0, count: 6)]
    let groups = merging(joint, into: 4).groups
    #expect(Set(groups.prefix(4)).count == 4)
  }

  @Test func asManyGroupsAsClustersChangesNothing() {
    #expect(merging(randomJoint(3, seed: 1), into: 3).groups == [0, 1, 2])
  }
}
