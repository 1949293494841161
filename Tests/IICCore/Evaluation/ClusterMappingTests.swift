import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct ClusterMappingTests {
  private let folder: TemporaryFolder
  private let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  /// Of five clusters the first sub-head's 3 and 4 have no labelled item; the second's ties go to the lowest class.
  private func mapping() throws -> ClusterMapping {
    let assignments = Assignments(
      items: Array(10..<17), clusters: [[0, 0, 0, 1, 1, 3, 2], [0, 1, 0, 1, 0, 0, 1]], losses: [-1, -2],
      clusterCount: 5, groups: nil)
    return try ClusterMapping(assignments, labels: [2, 2, 1, 0, 0, -1, 1], parts: ["train"])
  }

  @Test func aClustersClassIsTheMostFrequentLabel() throws {
    let mapping = try mapping()
    #expect(mapping.items == 6)
    #expect(mapping.classes == [[2, 0, 1, 0, 0], [0, 0, 0, 0, 0]])
    #expect(mapping.accuracies == [5.0 / 6, 2.0 / 6])
    #expect(mapping.unlabelledClusters == [2, 3])
    #expect(mapping.best == 0)
  }

  /// The first sub-head says 2, 2, 0, 0, 0 of classes 2, 1, 0, 0, 2, the second always 0.
  @Test func otherItemsAreScoredByThatClass() throws {
    var assignments = Assignments(
      items: Array(0..<6), clusters: [[0, 0, 3, 4, 2, 1], [0, 1, 0, 1, 2, 3]], losses: [-0.5, -0.9],
      clusterCount: 5, groups: nil)
    let labels = [2, 1, 0, 0, -1, 2, 7, 7]
    let plain = try EvaluationReport(assignments, labels: labels)
    assignments.mapping = try mapping()
    let report = try EvaluationReport(assignments, labels: labels)
    let mapped = try #require(report.mapped)
    #expect(mapped.parts == ["train"] && mapped.items == 6 && mapped.subhead == 0 && mapped.unlabelledClusters == 2)
    #expect(mapped.mappingAcc == 5.0 / 6 && mapped.acc == 0.6)
    #expect(abs(mapped.mean.acc - 0.5) < 1e-12 && abs(mapped.mean.accStd - 0.1) < 1e-12)
    // One pair of items is together in both partitions; 4 and 2 of 10 are in one, 0.8 would be by chance.
    #expect(abs(mapped.ari - (1 - 0.8) / (3 - 0.8)) < 1e-12)
    let shared = 0.2 * log(1.25) + 0.2 * log(2.5) + 0.4 * log(1 / 0.6) + 0.2 * log(0.2 / 0.24)
    let entropies = -(0.4 * log(0.4) + 0.6 * log(0.6)) - (0.8 * log(0.4) + 0.2 * log(0.2))
    #expect(abs(mapped.nmi - 2 * shared / entropies) < 1e-12)
    // Figures of clustering are what they were; the sub-head of lowest loss is another.
    #expect(plain.mapped == nil && report.byLoss.subhead == 1)
    #expect(report.byLoss.acc == plain.byLoss.acc && report.byLoss.accManyToOne == plain.byLoss.accManyToOne)
    #expect(report.mean?.acc == plain.mean?.acc && report.clusterCounts == plain.clusterCounts)
  }

  /// Points of the parts `train` and `test` in seven classes, of which six clusters must mix some. In train classes 0 and
  /// 1 have a point more than the others, in test classes 2 to 5.
  private func experiment(_ overrides: [String] = []) throws -> Experiment {
    let settings = [
      "data.train=100", "data.classes=7", "heads.main.clusters=6", "training.epochs=3", "evaluation.parts=[test]",
      "data.noise=1",
    ]
    return try blobs(settings + overrides, cache: cache)
  }

  @Test func aRunIsScoredOnAPartByTheLabelsOfAnother() throws {
    let run = try RunFolder.create(at: folder.path("run"))
    let mapped = try experiment(["evaluation.mapping={parts: [train]}"])
    let result = try TrainingRun(mapped, in: run).start()
    let found = try #require(result.last.mapped)
    #expect(found.parts == ["train"] && found.items == 100 && result.last.items == 200 && result.best.mapped != nil)

    let network = try mapped.makeNetwork(random: RandomStream(seed: 0))
    try Weights.read(run.lastWeights, into: network)
    let labels = try #require(mapped.dataset.labels)
    let train = try experiment(["evaluation.parts=[train]"]).assignments(of: network)
    let test = try experiment().assignments(of: network)
    #expect(train.items == Array(0..<100) && test.items == Array(100..<300))
    var fits: [Double] = []
    var scores: [Double] = []
    for subhead in 0..<2 {
      var counts = [[Int]](repeating: Array(repeating: 0, count: 7), count: 6)
      for (item, cluster) in zip(train.items, train.clusters[subhead]) { counts[cluster][labels[item]] += 1 }
      let classes = counts.map { row in row.firstIndex(of: row.max() ?? 0) ?? 0 }
      fits.append(Double(counts.reduce(0) { $0 + ($1.max() ?? 0) }) / 100)
      let correct = zip(test.items, test.clusters[subhead]).count { classes[$1] == labels[$0] }
      scores.append(Double(correct) / 200)
    }
    let best = fits[1] > fits[0] ? 1 : 0
    #expect(found.subhead == best && abs(found.mappingAcc - fits[best]) < 1e-12)
    #expect(abs(found.acc - scores[best]) < 1e-12 && abs(found.mean.acc - (scores[0] + scores[1]) / 2) < 1e-12)
    #expect(try result.last.byLoss.acc == experiment().report(of: network).byLoss.acc)

    let data = try Data(contentsOf: run.evaluation)
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let written = try #require((json["last"] as? [String: Any])?["mapped"] as? [String: Any])
    #expect(
      Set(written.keys) == [
        "parts", "items", "subhead", "mapping_acc", "unlabelled_clusters", "acc", "nmi", "ari", "mean",
      ])
    // The table of clusters is of the clustered items alone.
    let table = try String(contentsOf: run.assignments, encoding: .utf8)
    #expect(table.split(separator: "\n").count == 201)
  }

  @Test func aShareOfTheLabelsIsDrawnByTheSeed() throws {
    let dataset = try experiment().dataset
    func used(_ share: Double, seed: Int) throws -> [Int] {
      let section = try ManifestDocument(text: "{parts: [train], share: \(share)}").read(MappingConfiguration.self)
      let found = try section.configuration.labels(of: dataset, besides: Array(100..<300), seed: seed)
      #expect(found.items == Array(0..<100))
      let places = found.items.indices.filter { found.labels[$0] >= 0 }
      #expect(places.allSatisfy { found.labels[$0] == $0 % 7 })
      return places
    }
    let few = try used(0.1, seed: 0)
    #expect(few.count == 10)
    #expect(try few == used(0.1, seed: 0))
    #expect(try few != used(0.1, seed: 1))
    #expect(try used(1, seed: 0).count == 100 && used(0.00001, seed: 0).count == 1)
  }

  /// Items of a part behind others, of which every other one has a label.
  @Test func eachItemHasItsOwnLabelAndTheShareIsOfThoseThatHaveOne() throws {
    let dataset = try cache.dataset(sources: [], decoding: "mapped") { writer in
      try writer.append([UInt8](repeating: 0, count: 60))
      return DatasetDescription(
        shape: [1], element: .uint8, ids: (0..<60).map(String.init),
        labels: (0..<60).map { $0 < 20 ? 9 : $0 % 2 == 0 ? $0 % 8 : -1 },
        parts: [.init(name: "test", count: 20), .init(name: "train", count: 40)])
    }
    for (share, count) in [(1.0, 20), (0.5, 10), (0.12, 2), (0.13, 3)] {
      let section = try ManifestDocument(text: "{parts: [train], share: \(share)}").read(MappingConfiguration.self)
      let found = try section.configuration.labels(of: dataset, besides: Array(0..<20), seed: 3)
      #expect(found.items == Array(20..<60))
      let used = zip(found.items, found.labels).filter { $0.1 >= 0 }
      #expect(used.count == count && used.allSatisfy { $0.0 % 2 == 0 && $0.1 == $0.0 % 8 })
    }
  }

  @Test func labelsThatCannotMapOrScoreAreRefused() throws {
    let mapping = "evaluation.mapping={parts: [train]}"
    for (overrides, problem) in [
      (["evaluation.parts=[train, test]", mapping], "found train, where items are that are clustered, too"),
      (["evaluation.parts=null", mapping], "found train, where items are that are clustered, too"),
      (["evaluation.mapping={parts: [tset]}"], "found \"tset\"; this data's parts are train, test"),
      (
        ["data.train=300", "evaluation.mapping={parts: [test]}", "evaluation.parts=[train]"],
        "where no item has a label"
      ),
      (["evaluation.mapping={parts: [train], share: 0}"], "found \"0\"; expected a number"),
    ] {
      let error = #expect(throws: ManifestError.self) { try experiment(overrides) }
      #expect(error?.description.contains("evaluation.mapping.") == true, "\(overrides)")
      #expect(error?.description.contains(problem) == true, "\(error?.description ?? "nothing")")
    }
    let unlabelled = DatasetDescription(
      shape: [1], element: .uint8, ids: ["a", "b"], labels: [1, -1],
      parts: [.init(name: "train", count: 1), .init(name: "test", count: 1)])
    let dataset = try cache.dataset(sources: [], decoding: "two") { writer in
      try writer.append([0, 0])
      return unlabelled
    }
    let section = try ManifestDocument(text: "parts: [train]").read(MappingConfiguration.self).configuration
    let error = #expect(throws: UserError.self) { try section.labels(of: dataset, besides: [1], seed: 0) }
    #expect(error?.description.contains("no item that is clustered has a label to compare with") == true)
  }
}
