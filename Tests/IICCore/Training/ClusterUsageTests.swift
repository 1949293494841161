import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct ClusterUsageTests {
  private func probabilities(_ rows: [[Float]]) throws -> Tensor {
    try Tensor(rows.flatMap(\.self), shape: [rows.count, 1, rows[0].count])
  }

  @Test func evenClustersHaveFullEntropy() throws {
    var usage = ClusterUsage()
    try usage.add(probabilities([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]), isLast: true)
    let figures = try #require(usage.figures(losses: []))
    #expect(figures.clustersInUse == 4 && abs(figures.entropy - 1) < 1e-12 && figures.agreement == nil)
  }

  @Test func collapseIsSeenOverAllSteps() throws {
    var usage = ClusterUsage()
    for _ in 0..<10 { try usage.add(probabilities([[1, 0, 0, 0], [1, 0, 0, 0]]), isLast: false) }
    let figures = try #require(usage.figures(losses: []))
    #expect(figures.clustersInUse == 1 && figures.entropy == 0)
  }

  /// Items that are surely in these of four clusters, by sub-head, `[S][n]`.
  private func sure(_ subheads: [[Int]]) throws -> Tensor {
    let values = subheads[0].indices.flatMap { item in
      subheads.flatMap { clusters in (0..<4).map { Float($0 == clusters[item] ? 1 : 0) } }
    }
    return try Tensor(values, shape: [subheads[0].count, subheads.count, 4])
  }

  private func repeated(_ counts: [Int]) -> [Int] {
    counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
  }

  /// A tenth of an equal share of 40 items in four clusters is one item, of 41 a little more.
  @Test func aTenthOfAnEqualShareIsInUse() throws {
    for (counts, expected) in [
      ([13, 13, 13, 1], 4), ([14, 13, 13, 1], 3), ([28, 28, 22, 2], 4), ([28, 28, 23, 2], 3), ([38, 1, 1, 0], 3),
      ([40, 0, 0, 0], 1),
    ] {
      var usage = ClusterUsage()
      // Shares are of the whole epoch, not of a step.
      let items = repeated(counts)
      try usage.add(sure([Array(items.prefix(20))]), isLast: false)
      try usage.add(sure([Array(items.dropFirst(20))]), isLast: true)
      let figures = try #require(usage.figures(losses: [-1]))
      #expect(figures.clustersWithItems == expected && figures.clustersInUse == expected, "\(counts)")
    }
  }

  /// Probabilities of which a tenth of an equal share is in a cluster, though no item is.
  @Test func softSharesAndItemsAreCountedApart() throws {
    for (low, expected) in [(Float(0.0250001), 4), (0.0249, 2)] {
      let row: [Float] = [0.5, 0.5 - 2 * low, low, low]
      var usage = ClusterUsage()
      try usage.add(probabilities([row, row, [row[1], row[0], low, low], row]), isLast: true)
      let figures = try #require(usage.figures(losses: [-1]))
      #expect(figures.clustersInUse == expected && figures.clustersWithItems == 2)
    }
  }

  /// The result is the sub-head of lowest loss, whichever that is.
  @Test func itemsAreCountedInTheSubheadOfLowestLoss() throws {
    var usage = ClusterUsage()
    try usage.add(sure([[0, 1, 2, 3], [0, 0, 1, 1], [2, 2, 2, 0]]), isLast: true)
    for (losses, expected) in [([-1.2, -1, -0.5], 4), ([-1, -1.2, -1], 2), ([0.5, 0.3, 0.1], 2)] {
      #expect(try #require(usage.figures(losses: losses)).clustersWithItems == expected)
    }
    var other = ClusterUsage()
    try other.add(sure([[0, 1, 2, 3], [0, 0, 0, 0]]), isLast: true)
    let figures = try #require(other.figures(losses: [-0.1, -0.2]))
    #expect(figures.clustersInUse == 4 && figures.clustersWithItems == 1)
    #expect(figures.clustersWithItemsBySubhead == [4, 1])
  }

  /// Deviations of 1 / K times 0, of one that is known, and of sure and equal clusters.
  @Test func theSpreadIsTheDeviationOverItems() throws {
    for (rows, expected) in [
      ([[0.7, 0.3], [0.7, 0.3]], 0), ([[0.6, 0.4], [0.4, 0.6]], 0.2), ([[1, 0], [0, 1]], 1),
    ] as [([[Float]], Double)] {
      var usage = ClusterUsage()
      try usage.add(probabilities([[1, 0], [0, 1], [0, 1]]), isLast: false)
      try usage.add(probabilities(rows), isLast: true)
      #expect(abs(try #require(usage.figures(losses: [])).spread - expected) < 1e-6)
    }
  }

  /// The figures are the best sub-head's.
  @Test func eachSubheadIsSeen() throws {
    var usage = ClusterUsage()
    let rows: [Float] = [1, 0, 0.5, 0.5, /**/ 1, 0, 0.5, 0.5]
    try usage.add(Tensor(rows, shape: [2, 2, 2]), isLast: true)
    #expect(usage.subheads.map(\.clustersInUse) == [1, 2])
    #expect(usage.subheads.map(\.entropy) == [0, 1])
    #expect(usage.figures(losses: [])?.clustersInUse == 2 && usage.figures(losses: [])?.entropy == 1)
  }

  /// Two sub-heads that name the same clusters differently agree; ones that are independent do not.
  @Test func agreementIsMutualInformationOfSubheads() throws {
    let same: [Float] = [1, 0, 0, 1, /**/ 0, 1, 1, 0, /**/ 1, 0, 0, 1, /**/ 0, 1, 1, 0]
    let apart: [Float] = [1, 0, 1, 0, /**/ 1, 0, 0, 1, /**/ 0, 1, 1, 0, /**/ 0, 1, 0, 1]
    for (values, expected) in [(same, 1.0), (apart, 0.0)] {
      var usage = ClusterUsage()
      try usage.add(Tensor(values, shape: [4, 2, 2]), isLast: true)
      #expect(abs(try #require(usage.figures(losses: [])?.agreement) - expected) < 1e-9)
    }
  }
}
