import Testing

@testable import IICCommands
@testable import IICCore

@Suite struct TableTests {
  /// Four items in two clusters; the labels of others say that both are class 1.
  @Test func aMappingThatUsedLabelsHasARowOfItsOwn() throws {
    var assignments = Assignments(
      items: [0, 1, 2, 3], clusters: [[0, 0, 1, 1]], losses: [-1], clusterCount: 2, groups: nil)
    let labels = [0, 0, 1, 1]
    let plain = try Table.render(EvaluationReport(assignments, labels: labels).rows)
    #expect(plain.split(separator: "\n").count == 3 && !plain.contains("mapped"))
    let others = Assignments(items: [4, 5], clusters: [[0, 1]], losses: [-1], clusterCount: 2, groups: nil)
    assignments.mapping = try ClusterMapping(others, labels: [1, 1], parts: ["train", "rest"])
    let lines = try Table.render(EvaluationReport(assignments, labels: labels).rows).split(separator: "\n")
    try #require(lines.count == 4)
    #expect(lines[1].hasPrefix("IIC by loss ") && lines[1].contains("  100.0"))
    #expect(lines[3] == "mapped by labels of train, rest   50.0    0.0    0.0")
  }
}
