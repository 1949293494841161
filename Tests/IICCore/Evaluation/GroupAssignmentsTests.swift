import Foundation
import Manifest
import Testing
import Torch

@testable import IICCore

@Suite struct GroupAssignmentsTests {
  /// Six items of groups 2, 0, 2, 2, 0 and 3, two sub-heads, two clusters.
  private let description = DatasetDescription(
    shape: [1], element: .uint8, ids: (0..<6).map(String.init), groups: [2, 0, 2, 2, 0, 3],
    groupIDs: ["a", "never seen", "b", "c"])
  private let probabilities: [Float] = [
    0.6, 0.4, 0.1, 0.9,  // two of three items of group 2 lean to cluster 0, one is sure of cluster 1
    1.0, 0.0, 0.0, 1.0,
    0.6, 0.4, 0.2, 0.8,
    0.1, 0.9, 0.9, 0.1,
    0.3, 0.7, 0.4, 0.6,
    0.2, 0.8, 0.7, 0.3,
  ]

  private func head() throws -> HeadConfiguration {
    let text = "main: {clusters: 2, subheads: 2}"
    return try ManifestDocument(text: text, folder: nil).read(HeadsConfiguration.self).configuration.main
  }

  private func assignments() throws -> GroupAssignments {
    var sums = try #require(try GroupProbabilities(description, head()))
    let tensor = try Tensor(probabilities, shape: [6, 2, 2])
    try sums.add(tensor.sliced(0..<4), of: [0, 1, 2, 3])
    try sums.add(tensor.sliced(4..<6), of: [4, 5])
    return sums.assignments()
  }

  @Test func theMeanOfTheProbabilitiesDecides() throws {
    let found = try assignments()
    #expect(found.groups == [0, 2, 3])
    // Means: group 0 (0.65, 0.35), (0.2, 0.8); group 2 (0.433, 0.567), (0.4, 0.6); group 3 as item 5.
    #expect(found.clusters == [[0, 1, 1], [1, 1, 0]])
  }

  @Test func aGroupHasTheClassThatItsItemsShare() throws {
    let found = try assignments()
    let memberships = try #require(description.groups)
    let all = Array(0..<6)
    #expect(found.classes([1, 0, -1, 1, 0, -1], memberships: memberships, items: all) == [0, 1, -1])
    #expect(found.classes([1, 0, 2, 1, 0, 2], memberships: memberships, items: all) == [0, -1, 2])
    #expect(found.classes([1, 0, 2, 1, 0, 2], memberships: memberships, items: [0, 1, 3]) == [0, 1, -1])
  }

  @Test func theReportCountsGroups() throws {
    let found = try assignments()
    let items = Assignments(
      items: Array(0..<6), clusters: [[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 1, 0]], losses: [-0.5, -0.4],
      clusterCount: 2,
      groups: found)
    let report = try EvaluationReport(items, labels: [1, 0, 1, 1, 0, 1], memberships: description.groups)
    let groups = try #require(report.groups)
    #expect(groups.count == 3 && groups.clusterCounts == [1, 2])
    // Sub-head 0 gives groups 0, 2, 3 the clusters 0, 1, 1 and their classes are 0, 1, 1.
    #expect(groups.byLoss.subhead == 0 && groups.byLoss.acc == 1)
    #expect(groups.byLabels?.subhead == 0)
    let unlabelled = try EvaluationReport(items, labels: nil, memberships: description.groups)
    #expect(unlabelled.groups?.byLoss.acc == nil && unlabelled.groups?.byLabels == nil)
    let keys = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any]
    let encoded = keys?["groups"] as? [String: Any]
    #expect(Set(encoded?.keys.map { $0 } ?? []) == ["count", "cluster_counts", "by_loss", "by_labels"])
  }

  /// The sub-head is chosen by the loss over items, though another fits the groups' classes better.
  @Test func theReportChoosesTheSubheadWithoutLabels() throws {
    let found = GroupAssignments(groups: [0, 2, 3], clusters: [[0, 1, 1], [0, 0, 0]])
    let items = Assignments(
      items: Array(0..<6), clusters: [[0, 0, 0, 1, 1, 1], [1, 1, 1, 0, 1, 0]], losses: [-0.4, -0.5],
      clusterCount: 2, groups: found)
    let report = try EvaluationReport(items, labels: [1, 0, 1, 1, 0, 1], memberships: description.groups)
    let groups = try #require(report.groups)
    // Sub-head 1 has all groups of classes 0, 1, 1 in one cluster.
    #expect(groups.byLoss.subhead == 1 && groups.byLoss.acc == 2.0 / 3 && groups.byLoss.loss == -0.5)
    #expect(groups.clusterCounts == [3, 0])
    #expect(groups.byLabels?.subhead == 0 && groups.byLabels?.acc == 1)
  }

  @Test func itemsWithoutGroupsHaveNone() throws {
    let plain = DatasetDescription(shape: [1], element: .uint8, ids: ["a"])
    #expect(try GroupProbabilities(plain, head()) == nil)
  }
}
