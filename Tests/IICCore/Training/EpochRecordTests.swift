import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

/// Notes what another objective says of each step.
private final class Noted: Objective {
  private let objective: ClusteringObjective
  private(set) var losses: [[Double]] = []

  init(_ objective: ClusteringObjective) { self.objective = objective }

  func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    let value = try objective(outputs, pass)
    if let main = value.parts["main"] { losses.append(try main.doubles()) }
    return value
  }

  func forget() { losses = [] }
}

@Suite struct EpochRecordTests {
  private func value(_ parts: [String: [Float]]) throws -> ObjectiveValue {
    ObjectiveValue(total: try .zeros([1]), parts: try parts.mapValues { try Tensor($0, shape: [$0.count]) })
  }

  /// A head's loss is the mean over the steps that it was trained in, by sub-head.
  @Test func lossesAreMeansOverTheStepsOfAHead() throws {
    var record = EpochRecord(restart: 0, epoch: 0)
    try record.add(value(["main": [-1, -3]]), pairs: 10, rate: 0.1)
    try record.add(value(["auxiliary": [-8]]), pairs: 10, rate: 0.1)
    try record.add(value(["main": [-2, 0], "auxiliary": [-2]]), pairs: 10, rate: 0.1)
    try record.add(value(["main": [-9, -3]]), pairs: 10, rate: 0.05)
    #expect(record.losses == ["main": [-4, -2], "auxiliary": [-5]])
    #expect(record.lowestLoss(of: "main") == -4)
    #expect(record.steps == 4 && record.pairs == 40 && record.learningRate == 0.05)
  }

  /// What initialisations and epochs are compared by is the mean loss of the steps, of the sub-head where it is lowest.
  @Test func aCandidatesLossIsTheMeanOfItsEpoch() throws {
    let folder = try TemporaryFolder()
    let experiment = try blobs(
      ["training.epochs=3", "training.restarts={count: 2, epochs: 2}"],
      cache: SampleCache(folder: folder.url.appending(path: "cache")))
    let objective = Noted(ClusteringObjective(experiment.configuration.heads.all))
    let trainer = Trainer(
      experiment.configuration.training, plan: try experiment.plan(),
      source: PairSource(experiment.configuration.modality, experiment.dataset, device: .cpu), objective: objective,
      makeNetwork: experiment.makeNetwork)
    var epochs = 0
    _ = try trainer.train(trainer.initialState()) { event in
      guard case .epoch(_, let state) = event else { return }
      #expect(objective.losses.count == 5)
      let means = (0..<2).map { subhead in objective.losses.reduce(0) { $0 + $1[subhead] } / 5 }
      #expect(abs(state.current.loss - (means.min() ?? 0)) < 1e-12)
      objective.forget()
      epochs += 1
    }
    #expect(epochs == 5)
  }
}
