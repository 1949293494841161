import Files
import Foundation
import Manifest
import Testing
import TestSupport

@testable import IICCore

/// Runs of blobs with three classes, of which the first 60 points are the part `train`.
@Suite struct FewLabelsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let settings = ["data.train=60", "data.noise=0.5", "training.epochs=4", "evaluation.parts=[test]"]

  private func run(_ overrides: [String] = []) throws -> FinishedRun {
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    let place = try RunFolder.create(at: folder.path("run"))
    _ = try TrainingRun(blobs(Self.settings + overrides, cache: cache), in: place).start()
    return try FinishedRun(at: folder.path("run"), registry: Registry([BlobModality.self]), cache: cache)
  }

  @Test func clustersTakeTheClassOfTheirLabelledItems() throws {
    let run = try run()
    let given = try FewLabels(run, LabelledItems(parts: ["train"], of: run.experiment.dataset))
    #expect(given.scored == Array(60..<300) && given.others == given.scored)
    for head in ["main", "auxiliary"] {
      let mapping = try FewLabelMapping(given, head: head, unlabelled: .first)
      let (classes, without) = try mapping.classes(by: Array(0..<60))
      // Counted apart, from what the head says of the items.
      let configuration = try #require(run.experiment.configuration.heads.all.first { $0.name == head })
      let all = try run.experiment.assignments(of: run.network, to: Array(0..<300), head: configuration)
      let clusters = all.clusters[mapping.subhead]
      for cluster in 0..<mapping.clusterCount {
        let labels = (0..<60).filter { clusters[$0] == cluster }.map { $0 % 3 }
        #expect(without.contains(cluster) == labels.isEmpty)
        let counts = (0..<3).map { label in labels.count { $0 == label } }
        #expect(classes[cluster] == (labels.isEmpty ? 0 : counts.firstIndex(of: counts.max() ?? 0)))
      }
      let correct = (60..<300).count { classes[clusters[$0]] == $0 % 3 }
      #expect(try mapping.accuracy(by: Array(0..<60)) == Double(correct) / 240)
      let table = mapping.table(classes).split(separator: "\n")
      #expect(table.count == 301 && table[0] == "id,cluster,class")
      #expect(table[1] == "point-0,\(clusters[0]),\(classes[clusters[0]])")
    }
    #expect(throws: UserError.self) { try FewLabelMapping(given, head: "other", unlabelled: .first) }
  }

  /// One label alone: every cluster takes its class, since no other has a label; or class 0.
  @Test func aClusterWithoutLabelsTakesTheNearestsClass() throws {
    let run = try run()
    let given = try FewLabels(run, LabelledItems(parts: ["train"], of: run.experiment.dataset))
    let nearest = try FewLabelMapping(given, head: "main", unlabelled: .nearest)
    #expect(try nearest.classes(by: [2]).classes == [2, 2, 2])
    let first = try FewLabelMapping(given, head: "main", unlabelled: .first)
    let (classes, without) = try first.classes(by: [2])
    #expect(classes.count { $0 == 2 } == 1 && without.count == 2)
    #expect(classes.count { $0 == 0 } == 2)
  }

  /// Blobs lie apart, so that any classifier tells them apart.
  @Test func probesScoreOtherItems() throws {
    let run = try run()
    let given = try FewLabels(run, LabelledItems(parts: ["train"], of: run.experiment.dataset))
    for input in [FeatureProbe.Input.features, .samples] {
      let probe = try FeatureProbe(given, input)
      for method in FeatureProbe.Method.usual {
        #expect(try probe.accuracy(method, by: Array(0..<60)) > 0.99)
        // Of one class only.
        let single = try probe.accuracy(method, by: [0, 3])
        #expect(method == .spreading ? single <= 80.0 / 240 : single == 80.0 / 240)
      }
    }
    let curve = try #require(
      try given.curve(draws: 2, seed: 0) { try FeatureProbe(given).accuracy(.neighbours(20), by: $0) })
    #expect(curve.points.last?.labels == 60 && curve.impossible == ["100 per class"])
    try FewLabels.write(["one": curve], in: run.folder)
    try FewLabels.write(["other": curve], in: run.folder)
    #expect(try FewLabels.read(in: run.folder).keys.sorted() == ["one", "other"])
  }

  /// Classes of items without a given label are other ones: clusters' classes, the sub-head and the table stay.
  @Test func labelsOfScoredItemsAreOnlyComparedWith() throws {
    let run = try run()
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    let registry = Registry([BlobModality.self])
    // The same points in another number of classes from item 60 on.
    var found: [(classes: [Int], subhead: Int, table: String, accuracies: [Double])] = []
    for shift in [0, 1] {
      var data = run.experiment.dataset
      data.description.labels = (0..<300).map { $0 < 60 ? $0 % 3 : ($0 + shift) % 3 }
      let document = try ManifestDocument(
        path: run.folder.manifest.path(percentEncoded: false), isResolved: true)
      let experiment = try Experiment(document, registry: registry, cache: cache, dataset: data)
      let own = FinishedRun(run, experiment)
      let given = try FewLabels(own, LabelledItems(parts: ["train"], of: data))
      let mapping = try FewLabelMapping(given, head: "auxiliary", unlabelled: .nearest)
      let classes = try mapping.classes(by: Array(0..<20)).classes
      let probe = try FeatureProbe(given)
      found.append(
        (
          classes, mapping.subhead, mapping.table(classes),
          try FeatureProbe.Method.usual.map { try probe.accuracy($0, by: Array(0..<20)) }
        ))
    }
    #expect(found[0].classes == found[1].classes && found[0].subhead == found[1].subhead)
    #expect(found[0].table == found[1].table)
    #expect(found[0].accuracies.allSatisfy { $0 > 0.99 } && found[1].accuracies.allSatisfy { $0 < 0.01 })
  }

  @Test func itemsThatTheRunLearnedClassesOfAreNotScored() throws {
    let run = try run([
      "objective={name: classification, parts: [train]}", "heads.auxiliary=null", "evaluation.parts=null",
      "training.batch=40",
    ])
    let some = try LabelledItems(parts: ["test"], of: run.experiment.dataset).subset(Array(0..<100))
    let given = try FewLabels(run, some)
    #expect(given.scored == Array(160..<300) && given.others == Array(0..<60) + Array(160..<300))
    let mapping = try FewLabelMapping(given, head: "main", unlabelled: .first)
    let figures = try #require(try mapping.figures([0, 1, 2]))
    #expect(figures.accuracy > 0.9)
  }

  @Test func labelsThatLeaveNothingToScoreAreRefused() throws {
    let run = try run()
    let data = run.experiment.dataset
    let error = #expect(throws: UserError.self) { try FewLabels(run, LabelledItems(parts: ["test"], of: data)) }
    #expect(error?.problem.contains("gives each of the 240 clustered items a label") == true)
    let some = try LabelledItems(parts: ["test"], of: data).subset(Array(0..<100))
    let given = try FewLabels(run, some)
    #expect(given.scored == Array(160..<300))
    #expect(given.notes.contains { $0.contains("100 of the 240 clustered items are among the labelled ones") })
  }
}
