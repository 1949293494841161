import Files
import Foundation
import Testing

@testable import IICCore

@Suite struct EditedClustersTests {
  @Test func mergesKeepTheLowestNumberAndSplitsGetNewOnes() throws {
    var clusters = EditedClusters(main: 4, auxiliary: 3)
    #expect(!clusters.isEdited && clusters.numbers == [0, 1, 2, 3])
    try clusters.apply(.merge([3, 1], name: "cars"))
    #expect(clusters.numbers == [0, 1, 2] && clusters.names == [1: "cars"])
    #expect([0, 1, 2, 3].map { clusters.cluster(main: $0) } == [0, 1, 2, 1])
    // Both of the merged ones fall apart by the auxiliary cluster.
    try clusters.apply(.split(cluster: 1, parts: [1, 0, 1]))
    #expect(clusters.numbers == [0, 2, 4, 5] && clusters.names.isEmpty && clusters.isSplit)
    #expect([0, 1, 2].map { clusters.cluster(main: 3, auxiliary: $0) } == [5, 4, 5])
    #expect([0, 1, 2].map { clusters.cluster(main: 2, auxiliary: $0) } == [2, 2, 2])
    // A number that was given once is never given again.
    try clusters.apply(.merge([4, 5], name: nil))
    try clusters.apply(.split(cluster: 4, parts: [0, 1, 2]))
    #expect(clusters.numbers == [0, 2, 6, 7, 8])
  }

  @Test func probabilitiesAddUp() throws {
    var clusters = EditedClusters(main: 3, auxiliary: 2)
    let main: [Float] = [0.5, 0.3, 0.2], auxiliary: [Float] = [0.25, 0.75]
    #expect(clusters.probabilities(main: main, auxiliary: auxiliary) == main)
    try clusters.apply(.merge([1, 2], name: nil))
    #expect(clusters.probabilities(main: main, auxiliary: auxiliary) == [0.5, 0.5])
    try clusters.apply(.split(cluster: 0, parts: [0, 1]))
    #expect(clusters.numbers == [1, 3, 4])
    #expect(clusters.probabilities(main: main, auxiliary: auxiliary) == [0.5, 0.125, 0.375])
  }

  /// Whatever is said in whatever order: each item is in one cluster that there is, and evaluating after the edits equals
  /// evaluating labels that were edited by hand.
  @Test func editingThenEvaluatingEqualsEvaluatingEditedLabels() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      let (k, other) = (Int.random(in: 2...8, using: &random), Int.random(in: 2...5, using: &random))
      let main = (0..<60).map { _ in Int.random(in: 0..<k, using: &random) }
      let auxiliary = (0..<60).map { _ in Int.random(in: 0..<other, using: &random) }
      let classes = (0..<60).map { _ in Int.random(in: 0..<4, using: &random) }
      var byHand = main
      var clusters = EditedClusters(main: k, auxiliary: other)
      var said = ClusterEdits(subhead: 0, weightsSHA256: "")
      var next = k
      for _ in 0..<5 {
        let pair = Array(clusters.numbers.shuffled(using: &random).prefix(2))
        if Bool.random(using: &random), clusters.numbers.count > 2 {
          try said.add(.merge(pair, name: nil), to: &clusters)
          byHand = byHand.map { pair.contains($0) ? min(pair[0], pair[1]) : $0 }
        } else {
          let parts = (0..<other).map { $0 % 2 }
          try said.add(.split(cluster: pair[0], parts: parts), to: &clusters)
          byHand = byHand.indices.map { byHand[$0] == pair[0] ? next + parts[auxiliary[$0]] : byHand[$0] }
          next += 2
        }
      }
      var assignments = Assignments(
        items: Array(0..<60), clusters: [main], losses: [0], clusterCount: k, groups: nil)
      (assignments.edited, assignments.auxiliary) = (clusters, auxiliary)
      #expect(assignments.result == byHand)
      let report = try EvaluationReport(assignments, labels: classes)
      let scores = try ClusteringScores(clusters: byHand, classes: classes)
      #expect(report.byLoss.acc == scores.acc && report.byLoss.nmi == scores.nmi && report.byLoss.ari == scores.ari)
      #expect(report.clusterCounts == clusters.numbers.map { number in byHand.count { $0 == number } })
      #expect(report.clusterCounts.reduce(0, +) == 60)
      // What was said leads there again from its file.
      let read = try JSONDecoder().decode(ClusterEdits.self, from: JSONEncoder().encode(said))
      #expect(read == said)
      #expect(try EditedClusters(main: k, auxiliary: other, read) == clusters)
      // Taken back one by one, nothing is left.
      var back = read
      while back.undo() != nil {}
      #expect(try !EditedClusters(main: k, auxiliary: other, back).isEdited)
    }
  }

  @Test(arguments: [
    (ClusterEdits.Edit.rename(cluster: 3, name: "x"), "found cluster 3; the run's clusters are [0, 1, 2]"),
    (.rename(cluster: 0, name: ""), "found the name \"\"; expected 1 to 200 characters on one line"),
    (.rename(cluster: 0, name: "a\nb"), "found the name \"a\\nb\"; expected 1 to 200 characters on one line"),
    (.rename(cluster: 0, name: "cats"), "cluster 1 is called \"cats\" already; expected names that differ"),
    (.merge([0], name: nil), "found [0] to merge; expected two clusters or more, each once"),
    (.merge([0, 0], name: nil), "found [0, 0] to merge; expected two clusters or more, each once"),
    (
      .merge([0, 1, 2], name: nil),
      "found all 3 clusters to merge; expected some that are left, since one tells nothing"
    ),
    (.split(cluster: 0, parts: [0, 1]), "found parts of 2 auxiliary clusters; expected 4"),
    (.split(cluster: 0, parts: [0, 0, 0, 0]), "found [0] for parts; expected two or more, numbered from 0"),
    (.split(cluster: 0, parts: [0, 2, 0, 2]), "found [0, 2] for parts; expected two or more, numbered from 0"),
    (.colour(cluster: 0, colour: "red"), "found the colour \"red\"; expected one like #0072b2"),
  ])
  func mistakesChangeNothing(edit: ClusterEdits.Edit, message: String) throws {
    var clusters = EditedClusters(main: 3, auxiliary: 4)
    try clusters.apply(.rename(cluster: 1, name: "cats"))
    let before = clusters
    let error = #expect(throws: UserError.self) { try clusters.apply(edit) }
    #expect(error?.problem == message)
    #expect(clusters == before)
  }

  @Test func newerFilesAreRefused() {
    let text = #"{"version": 2, "subhead": 0, "weights_sha256": "", "edits": []}"#
    #expect(throws: UserError("found version 2; expected 1")) {
      try JSONDecoder().decode(ClusterEdits.self, from: Data(text.utf8))
    }
  }
}
