import Foundation
import Testing

@testable import IICCore

@Suite struct EvaluationReportTests {
  /// Six items of classes 0, 0, 0, 1, 1, 1: the sub-heads are right of 5, 6 and 3 of them.
  private func report(losses: [Double]) throws -> EvaluationReport {
    let clusters = [[0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    let found = Assignments(
      items: [4, 0, 2, 1, 3, 5], clusters: clusters, losses: losses, clusterCount: 2, groups: nil)
    // By place in the dataset; the items come in another order.
    return try EvaluationReport(found, labels: [0, 1, 0, 1, 0, 1])
  }

  /// The result is chosen without labels, though another sub-head fits them better.
  @Test func theSubheadOfLowestLossIsTheResult() throws {
    for (losses, subhead, acc, counts) in [
      ([-0.6, -0.5, -0.1], 0, 5.0 / 6, [2, 4]), ([-0.4, -0.5, -0.1], 1, 1, [3, 3]),
      ([-0.4, -0.3, -0.5], 2, 0.5, [6, 0]), ([0.1, 0.2, 0.3], 0, 5.0 / 6, [2, 4]),
    ] {
      let report = try report(losses: losses)
      #expect(report.byLoss.subhead == subhead && report.byLoss.acc == acc)
      #expect(report.byLoss.loss == losses[subhead])
      #expect(report.clusterCounts == counts)
      #expect(report.byLabels?.subhead == 1 && report.byLabels?.acc == 1)
    }
  }

  /// Accuracies 5/6, 1 and 1/2: their mean is 7/9, the mean of their squared distances to it 7/162.
  @Test func theDeviationIsThatOfThePopulation() throws {
    let mean = try #require(try report(losses: [-0.6, -0.5, -0.1]).mean)
    #expect(abs(mean.acc - 7.0 / 9) < 1e-12)
    #expect(abs(mean.accStd - (7.0 / 162).squareRoot()) < 1e-12)
  }
}
