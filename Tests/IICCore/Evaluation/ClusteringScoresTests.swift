import Foundation
import IICCore
import Testing
import TestSupport

private struct ScoresCase: Decodable, CustomTestStringConvertible {
  var name: String
  var runs: [[Int]]
  var acc: Double
  var acc_many_to_one: Double
  var iou_many_to_one: [Double]
  var nmi: Double
  var ari: Double
  var cluster_counts: [Int]

  var testDescription: String { name }

  /// The labels of every item.
  var items: (clusters: [Int], classes: [Int]) {
    (
      runs.flatMap { Array(repeating: $0[0], count: $0[2]) },
      runs.flatMap { Array(repeating: $0[1], count: $0[2]) }
    )
  }
}

@Suite struct ClusteringScoresTests {
  @Test(arguments: try fixtures.json("scores.json", as: [ScoresCase].self))
  private func agreesWithScikitLearn(expected: ScoresCase) throws {
    let (clusters, classes) = expected.items
    let scores = try ClusteringScores(clusters: clusters, classes: classes)
    #expect(abs(scores.acc - expected.acc) < 1e-15)
    #expect(abs(scores.accManyToOne - expected.acc_many_to_one) < 1e-15)
    #expect(abs(scores.nmi - expected.nmi) < 1e-12)
    #expect(abs(scores.ari - expected.ari) < 1e-12)
    let table = try ContingencyTable(clusters: clusters, classes: classes)
    #expect(table.clusterCounts == expected.cluster_counts)
    #expect(ClusteringScores(table) == scores)
    // By class in ascending order.
    let ious = table.intersectionsOverUnion(of: table.majorityClasses())
    #expect(ious.count == expected.iou_many_to_one.count)
    #expect(zip(ious, expected.iou_many_to_one).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func namesOfClustersAndOrderOfItemsDoNotMatter() throws {
    let clusters = (0..<600).map { $0 * $0 % 17 }
    let classes = (0..<600).map { $0 % 11 }
    let scores = try ClusteringScores(clusters: clusters, classes: classes)
    let renamed = try ClusteringScores(
      clusters: clusters.reversed().map { 5 - 3 * $0 }, classes: classes.reversed())
    #expect(abs(scores.nmi - renamed.nmi) < 1e-12)
    #expect(abs(scores.ari - renamed.ari) < 1e-12)
    #expect(scores.acc == renamed.acc)
    #expect(scores.accManyToOne == renamed.accManyToOne)
  }

  @Test func encodesUnderTheNamesOfTheMetrics() throws {
    let scores = try ClusteringScores(clusters: [0, 0, 1, 1], classes: [0, 0, 1, 2])
    let data = try JSONEncoder().encode(scores)
    let values = try JSONDecoder().decode([String: Double].self, from: data)
    #expect(Set(values.keys) == ["acc", "acc_many_to_one", "nmi", "ari"])
    #expect(values["acc_many_to_one"] == 0.75)
    #expect(try JSONDecoder().decode(ClusteringScores.self, from: data) == scores)
  }

  @Test func refusesWhatCannotBeScored() {
    #expect(throws: ClusteringScoresError.noItems) { try ClusteringScores(clusters: [], classes: []) }
    #expect(throws: ClusteringScoresError.lengthsDiffer(clusters: 2, classes: 1)) {
      try ClusteringScores(clusters: [1, 2], classes: [1])
    }
    #expect(
      ClusteringScoresError.lengthsDiffer(clusters: 2, classes: 1).description
        == "found 2 cluster labels and 1 class labels; expected one of each per item")
  }
}
