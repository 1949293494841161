import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct ClassificationObjectiveTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let heads = ["heads.auxiliary=null", "heads.main={clusters: 3, subheads: 2}"]

  private func experiment(_ overrides: [String] = [], dataset: Dataset? = nil) throws -> Experiment {
    let text = """
      name: blobs
      modality: blobs
      objective: {name: classification}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: null}
      training: {epochs: 6, batch: 24, repeats: 2, learningRate: 0.01, precision: float32, threads: 1}
      """
    let document = try ManifestDocument(text: text, source: "blobs.yaml", folder: nil, overrides: overrides)
    return try Experiment(
      document, registry: Registry([BlobModality.self]),
      cache: SampleCache(folder: folder.url.appending(path: "cache")),
      dataset: dataset)
  }

  private func table(_ rows: [(String, Int)]) throws -> String {
    let text = "id,label\n" + rows.map { "\($0.0),\($0.1)\n" }.joined()
    try Data(text.utf8).write(to: URL(filePath: folder.path("few.csv")))
    return folder.path("few.csv")
  }

  /// Two items, one sub-head, two classes, r = 1, by the formula on paper.
  @Test(arguments: [0, 0.2]) func theValueIsTheWeightedCrossEntropyOfBothViews(smoothing: Double) throws {
    let path = try table([("point-0", 0), ("point-1", 1)])
    let objective = try experiment([
      "objective.labels=\(path)", "objective.smoothing=\(smoothing)", "training.batch=4",
    ])
    .configuration.objective
    let base: [Float] = [0.7, 0.2, 0.1, 0.5, 0.25, 0.25]
    let transformed: [Float] = [0.6, 0.3, 0.1, 0.1, 0.8, 0.1]
    func side(_ values: [Float]) throws -> SideOutputs {
      SideOutputs(features: try .zeros([2, 1]), heads: ["main": try Tensor(values, shape: [2, 1, 3])])
    }
    let view = View(try .zeros([2, 1]))
    var outputs = PairOutputs(
      views: ViewPair(base: view, transformed: view), base: try side(base), transformed: try side(transformed))
    outputs.targets = BatchTargets(
      classes: try Tensor([0, 1]), weights: try Tensor([1, 3] as [Float], shape: [2]))
    let value = try objective(outputs, .training).total.item()
    func entropy(_ row: ArraySlice<Float>, _ label: Int) -> Double {
      row.enumerated().reduce(0) { sum, entry in
        let wanted = (entry.offset == label ? 1 - smoothing : 0) + smoothing / 3
        return sum - wanted * log(Double(entry.element))
      }
    }
    let first = entropy(base[0..<3], 0) + entropy(transformed[0..<3], 0)
    let second = entropy(base[3..<6], 1) + entropy(transformed[3..<6], 1)
    #expect(abs(value - (first + 3 * second) / (2 * 4)) < 1e-6)
  }

  @Test func aProbabilityOfZeroHasAFiniteLoss() throws {
    let path = try table([("point-0", 0), ("point-1", 1)])
    let objective = try experiment(["objective.labels=\(path)", "training.batch=4"]).configuration.objective
    let side = SideOutputs(
      features: try .zeros([1, 1]), heads: ["main": try Tensor([0, 1, 0] as [Float], shape: [1, 1, 3])])
    let view = View(try .zeros([1, 1]))
    var outputs = PairOutputs(views: ViewPair(base: view, transformed: view), base: side, transformed: side)
    #expect(throws: TorchError.self) { try objective(outputs, .training) }
    outputs.targets = BatchTargets(classes: try Tensor([0]), weights: try .ones([1]))
    let value = try objective(outputs, .training).total.item()
    #expect(value.isFinite && value > 80)
  }

  /// Twelve labels of 300 points; the others tell how well that was learned.
  @Test func fewLabelsAreLearnedAndOthersScored() throws {
    let path = try table((0..<12).map { ("point-\($0)", $0 % 3) })
    let run = try RunFolder.create(at: folder.path("run"))
    let experiment = try experiment(["objective.labels=\(path)", "training.epochs=30"])
    #expect(experiment.trainedItemCount == 12)
    #expect(experiment.warnings.contains { $0.contains("12 of the 300 items that are clustered have labels") })
    let result = try TrainingRun(experiment, in: run).start()
    let mapped = try #require(result.last.mapped)
    #expect(mapped.acc > 0.95 && mapped.items == 12 && mapped.mappingAcc == 1 && mapped.parts == [path])
    // A cluster is the class of its number.
    let clusters = try run.readAssignments()
    #expect((0..<300).count { clusters["point-\($0)"] == $0 % 3 } > 285)
    // The file may go; the run keeps its labels.
    try FileManager.default.removeItem(atPath: path)
    let again = try FinishedRun(
      at: folder.path("run"), registry: Registry([BlobModality.self]),
      cache: SampleCache(folder: folder.url.appending(path: "cache")))
    #expect(try again.report().figures.mapped?.acc == mapped.acc)
  }

  /// Classes of items without a given label are other ones: weights, clusters and choice stay, figures do not.
  @Test func labelsOfScoredItemsChangeNothingButFigures() throws {
    let path = try table((0..<12).map { ("point-\($0)", $0 % 3) })
    let first = try experiment(["objective.labels=\(path)"])
    var other = first.dataset
    other.description.labels = (0..<300).map { $0 < 12 ? $0 % 3 : ($0 * 7 + 1) % 3 }
    let settings = [
      "objective.labels=\(path)", "objective.validation=0.25", "training.patience=2", "training.batch=12",
    ]
    var bytes: [[String: Data]] = []
    var accuracies: [Double?] = []
    for (name, dataset) in [("a", first.dataset), ("b", other)] {
      let run = try RunFolder.create(at: folder.path(name))
      let result = try TrainingRun(experiment(settings, dataset: dataset), in: run).start()
      accuracies.append(result.last.mapped?.acc)
      bytes.append([
        "last": try Data(contentsOf: run.lastWeights), "best": try Data(contentsOf: run.bestWeights),
        "metrics": try Data(contentsOf: run.metrics),
      ])
    }
    #expect(bytes[0] == bytes[1])
    #expect(accuracies[0] != accuracies[1])
  }

  @Test func itemsSetApartDecideWhenTrainingEnds() throws {
    let path = try table((0..<60).map { ("point-\($0)", $0 % 3) })
    let experiment = try experiment([
      "objective.labels=\(path)", "objective.validation=0.5", "training.patience=3", "training.epochs=200",
      "training.learningRate=0.3",
    ])
    #expect(experiment.trainedItemCount == 30)
    var losses: [Double] = []
    _ = try experiment.train { event in
      if case .epoch(let record, _) = event { losses.append(record.lowestLoss(of: "validation")) }
    }
    #expect(losses.count < 200 && losses.allSatisfy(\.isFinite))
    let lowest = try #require(losses.min())
    #expect(losses.firstIndex(of: lowest) == losses.count - 4)
  }

  @Test func whatIsNotLearnedOrScoredIsSaid() throws {
    let all = try table((0..<300).map { ("point-\($0)", $0 % 3) })
    let every = try experiment(["objective.labels=\(all)"])
    #expect(
      every.warnings.contains { $0.contains("all 300 items that are clustered have labels that are learned") })
    let some = try table((0..<90).map { ("point-\($0)", $0 % 3) })
    let part = try experiment([
      "objective.labels=\(some)", "data.train=60", "heads.main.parts=[train]", "evaluation.parts=[test]",
    ])
    #expect(part.trainedItemCount == 60)
    #expect(part.warnings.contains { $0.contains("30 of the 240 items that are clustered have labels") })
    #expect(part.warnings.contains { $0.hasSuffix("since they are in no part of heads.main.parts: 30") })
  }

  @Test func whatCannotBeLearnedIsRefused() throws {
    let path = try table([("point-0", 0), ("point-1", 5)])
    for (overrides, problem) in [
      ([], "found neither labels nor parts"),
      (["objective.labels=\(path)", "objective.parts=[a]"], "found labels and parts"),
      (["objective.labels=\(path)", "training.batch=4"], "found 3 for labels of 6 classes"),
      (["objective.labels=\(folder.path("none.csv"))"], "none.csv"),
      (["objective.parts=[train]"], "this data has no parts"),
      (["objective.labels=\(path)", "heads.main.clusters=6", "training.batch=24"], "the dataset has 2"),
      (["objective.labels=\(path)", "heads.auxiliary={}"], "expected heads.auxiliary: null"),
      (["objective.labels=\(path)", "heads.main.clusters=6", "objective.validation=0.3"], "less than one"),
    ] {
      let error = #expect(throws: (any Error).self) { try experiment(overrides).trainer() }
      let text = error.map { "\($0)" } ?? "nothing"
      #expect(text.contains(problem), "\(text)")
    }
  }
}
