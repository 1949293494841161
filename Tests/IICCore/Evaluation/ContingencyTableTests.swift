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

  @Test func intersectionsOverUnionAreThoseOfTheMapping() throws {
    let table = try ContingencyTable(clusters: [0, 0, 0, 1, 1, 1, 2], classes: [5, 5, 6, 6, 6, 5, 6])
    // Class 5: 2 shared, 3 of the class, 3 given it. Class 6: 2 shared, 4 of the class, 3 given it.
    #expect(table.intersectionsOverUnion(of: [0: 5, 1: 6]) == [2.0 / 4, 2.0 / 5])
    #expect(table.intersectionsOverUnion(of: [0: 5, 1: 6, 2: 6]) == [2.0 / 4, 3.0 / 5])
    #expect(table.intersectionsOverUnion(of: [:]) == [0, 0])
    let counted = try ContingencyTable(counts: [2, 0, 1, 0, 0, 0, 1, 0, 2, 0, 0, 1], clusters: 4, classes: 3)
    #expect(counted.clusters == [0, 2, 3] && counted.classes == [0, 2])
    #expect(counted.counts == [2, 1, 1, 2, 0, 1] && counted.itemCount == 7)
    #expect(throws: ClusteringScoresError.noItems) {
      try ContingencyTable(counts: [0, 0], clusters: 1, classes: 2)
    }
  }
}
