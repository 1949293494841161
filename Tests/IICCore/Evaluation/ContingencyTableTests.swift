import IICCore
import Testing

@Suite struct ContingencyTableTests {
  // Cluster 9 holds classes 4, 4, 4, 6; cluster -2 holds 6, 4; cluster 5 holds 4.
  private static let clusters = [9, 9, 9, 9, -2, -2, 5]
  private static let classes = [4, 4, 6, 4, 6, 4, 4]

  @Test func countsPairsInAscendingOrderOfLabels() throws {
    let table = try ContingencyTable(clusters: Self.clusters, classes: Self.classes)
    #expect(table.clusters == [-2, 5, 9])
    #expect(table.classes == [4, 6])
    #expect(table.counts == [1, 1, 1, 0, 3, 1])
    #expect(table[2, 0] == 3)
    #expect(table.clusterCounts == [2, 1, 4])
    #expect(table.classCounts == [5, 2])
    #expect(table.itemCount == 7)
  }

  @Test func matchesOneToOne() throws {
    let table = try ContingencyTable(clusters: Self.clusters, classes: Self.classes)
    #expect(table.matchedClasses() == [9: 4, -2: 6])
    #expect(table.accuracy(of: table.matchedClasses()) == 4.0 / 7)
  }

  @Test func matchesManyToOneAndTiesToTheLowestLabel() throws {
    let table = try ContingencyTable(clusters: Self.clusters, classes: Self.classes)
    #expect(table.majorityClasses() == [9: 4, -2: 4, 5: 4])
    #expect(table.accuracy(of: [9: 6, 5: 4, 77: 4]) == 2.0 / 7)
  }

  @Test func everyClusterIsMatchedWhereClassesSuffice() throws {
    let table = try ContingencyTable(clusters: [0, 1, 2, 2], classes: [0, 0, 1, 2])
    let matched = table.matchedClasses()
    #expect(Set(matched.keys) == [0, 1, 2])
    #expect(Set(matched.values) == [0, 1, 2])
    #expect(table.accuracy(of: matched) == 0.5)
  }
}
