import IICCore
import Testing
import TestSupport
import Torch

/// An objective as another package would write it: the mean squared difference of the two sides.
private struct Agreement: Objective {
  func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    guard let left = outputs.base.heads["main"], let right = outputs.transformed.heads["main"] else {
      throw TorchError(operation: "Agreement", message: "no head named main")
    }
    let repeats = right.shape[0] / left.shape[0]
    let difference = try left.repeated([repeats, 1, 1]) - right
    let losses = try (difference * difference).mean([0, 2])  // [S]
    return ObjectiveValue(total: try losses.mean(), parts: ["main": try losses.detached()])
  }
}

@Suite struct OwnObjectiveTests {
  @Test func anObjectiveOfOnesOwnTrains() throws {
    let folder = try TemporaryFolder()
    let experiment = try blobs(["training.epochs=3"], cache: SampleCache(folder: folder.url))
    let (training, modality) = (experiment.configuration.training, experiment.configuration.modality)
    let trainer = Trainer(
      training,
      plan: try EpochPlan(training, heads: experiment.configuration.heads, dataset: experiment.dataset),
      source: PairSource(modality, experiment.dataset, device: .cpu), objective: Agreement(),
      makeNetwork: experiment.makeNetwork)
    var losses: [Double] = []
    _ = try trainer.train(trainer.initialState()) { event in
      if case .epoch(let record, _) = event { losses.append(record.lowestLoss(of: "main")) }
    }
    #expect(losses.count == 3)
    // Two sides that differ by noise come to agree.
    let (first, last) = (try #require(losses.first), try #require(losses.last))
    #expect(last < first && last >= 0)
  }
}
