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
    let figures = try #require(usage.figures)
    #expect(figures.clustersInUse == 4 && abs(figures.entropy - 1) < 1e-12 && figures.agreement == nil)
  }

  @Test func collapseIsSeenOverAllSteps() throws {
    var usage = ClusterUsage()
    for _ in 0..<10 { try usage.add(probabilities([[1, 0, 0, 0], [1, 0, 0, 0]]), isLast: false) }
    let figures = try #require(usage.figures)
    #expect(figures.clustersInUse == 1 && figures.entropy == 0)
  }

  /// The figures are the best sub-head's.
  @Test func eachSubheadIsSeen() throws {
    var usage = ClusterUsage()
    let rows: [Float] = [1, 0, 0.5, 0.5, /**/ 1, 0, 0.5, 0.5]
    try usage.add(Tensor(rows, shape: [2, 2, 2]), isLast: true)
    #expect(usage.subheads.map(\.clustersInUse) == [1, 2])
    #expect(usage.subheads.map(\.entropy) == [0, 1])
    #expect(usage.figures?.clustersInUse == 2 && usage.figures?.entropy == 1)
  }

  /// Two sub-heads that name the same clusters differently agree; ones that are independent do not.
  @Test func agreementIsMutualInformationOfSubheads() throws {
    let same: [Float] = [1, 0, 0, 1, /**/ 0, 1, 1, 0, /**/ 1, 0, 0, 1, /**/ 0, 1, 1, 0]
    let apart: [Float] = [1, 0, 1, 0, /**/ 1, 0, 0, 1, /**/ 0, 1, 1, 0, /**/ 0, 1, 0, 1]
    for (values, expected) in [(same, 1.0), (apart, 0.0)] {
      var usage = ClusterUsage()
      try usage.add(Tensor(values, shape: [4, 2, 2]), isLast: true)
      #expect(abs(try #require(usage.figures?.agreement) - expected) < 1e-9)
    }
  }
}
