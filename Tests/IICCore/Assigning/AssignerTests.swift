import Files
import Foundation
import Testing
import Torch

@testable import IICCore

/// Labels of a run of blobs.
@Suite struct AssignerTests {
  let runs: RunFixture
  let place: RunFolder

  init() throws {
    runs = try RunFixture()
    place = runs.place("run")
    try runs.run("run")
  }

  private func model(_ overrides: [String] = []) throws -> RunModel {
    try RunModel(at: place.path, overrides: overrides, registry: Registry([BlobModality.self]))
  }

  /// A label and its probabilities, bit for bit.
  private func bits(_ labels: [ItemLabel]) -> [[UInt32]] {
    labels.map { [UInt32($0.cluster), $0.probability.bitPattern] + $0.probabilities.map(\.bitPattern) }
  }

  @Test func labelsAreTheRunsWhateverIsBesideThem() throws {
    let assigner = try Assigner(model())
    let dataset = try runs.experiment().dataset
    let all = try assigner.labels(of: Array(0..<dataset.count)[...], in: dataset)
    let text = try String(contentsOf: place.assignments, encoding: .utf8).split(separator: "\n").dropFirst()
    #expect(text.map { $0.split(separator: ",")[1] } == all.map { "\($0.cluster)" })
    for label in all {
      #expect(abs(label.probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(label.probability == label.probabilities.max())
      #expect(label.margin == label.probability - label.probabilities.sorted()[1])
    }
    // Alone, in batches of any size, in any order.
    for item in [0, 7, 299] { #expect(bits(try assigner.labels(of: [item], in: dataset)) == bits([all[item]])) }
    for size in [2, 3, 64, 257] {
      let items = Array((0..<dataset.count).shuffled().prefix(size))
      #expect(bits(try assigner.labels(of: items[...], in: dataset)) == bits(items.map { all[$0] }))
    }
  }

  @Test(arguments: [0, 1]) func anotherSubheadGivesItsOwnClusters(subhead: Int) throws {
    let experiment = try runs.experiment()
    let network = try experiment.makeNetwork(weights: place.lastWeights)
    let labels = try Assigner(model(), by: .subhead(subhead))
      .labels(of: Array(0..<experiment.dataset.count)[...], in: experiment.dataset)
    #expect(labels.map(\.cluster) == (try experiment.assignments(of: network).clusters[subhead]))
    #expect(throws: UserError("--subhead: found 2; expected 0 to 1")) { try Assigner(model(), by: .subhead(2)) }
  }

  @Test func theConsensusIsTheReports() throws {
    let experiment = try runs.experiment()
    let labels = try Assigner(model(), by: .consensus)
      .labels(of: Array(0..<experiment.dataset.count)[...], in: experiment.dataset)
    let together = try #require(
      try experiment.report(of: experiment.makeNetwork(weights: place.lastWeights)).together)
    #expect((0..<3).map { number in labels.count { $0.cluster == number } } == together.clusterCounts)
  }

  /// Merges and splits are obeyed, and left aside where they are of other weights.
  @Test func editsAreObeyed() throws {
    let experiment = try runs.experiment()
    let items = Array(0..<experiment.dataset.count)
    let own = try Assigner(model()).labels(of: items[...], in: experiment.dataset)
    let run = try FinishedRun(at: place.path, registry: Registry([BlobModality.self]))
    var (_, edits, _) = try run.clusters()
    var said = try model().noEdits(subhead: try #require(try model().subhead.subhead))
    try said.add(.merge([0, 2], name: "both"), to: &edits.clusters)
    // Which parts there are is the data's: here all of a cluster may be in one.
    let parts = (0..<6).map { $0 % 2 }
    if let own = try? run.parts(of: 1, into: 2, in: edits.clusters) {
      #expect(Set(own) == [0, 1] && own.count == 6)
    }
    try said.add(.split(cluster: 1, parts: parts), to: &edits.clusters)
    try place.write(json: said, to: place.edits)

    let assigner = try Assigner(model())
    let labels = try assigner.labels(of: items[...], in: experiment.dataset)
    for (label, old) in zip(labels, own) {
      #expect(old.cluster == 1 ? [3, 4].contains(label.cluster) : label.cluster == 0)
      #expect(abs(label.probabilities.reduce(0, +) - 1) < 1e-5 && label.probabilities.count == 3)
    }
    #expect(assigner.clusters.numbers == [0, 3, 4])
    // The run's own tables and figures agree with them.
    let again = try FinishedRun(at: place.path, registry: Registry([BlobModality.self]))
    let figures = try again.writeTables()
    #expect(figures.clusterNumbers == [0, 3, 4] && figures.clusterNames == [0: "both"])
    #expect(figures.clusterCounts == [0, 3, 4].map { number in labels.count { $0.cluster == number } })
    let rows = try String(contentsOf: place.assignments, encoding: .utf8).split(separator: "\n")
    #expect(rows[0] == "id,cluster,name,label")
    #expect(
      rows.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[1] }
        == labels.map { "\($0.cluster)" })

    #expect(try Assigner(model(), by: .subhead(1 - said.subhead)).warnings.count == 1)
    try runs.flip(place.lastWeights)
    let stale = try model().edits(subhead: said.subhead)
    #expect(stale.said == nil && stale.warnings.first?.contains("it is of other weights") == true)
  }

  @Test func dataOfAnotherShapeAreRefused() throws {
    try Data("{}".utf8).write(to: place.receipt)
    #expect(throws: UserError.self) { try model() }
  }
}
