import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct TrainerTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  private func weights(_ network: ClusteringNetwork) throws -> [[Float]] {
    try network.state.map { try $0.tensor.floats() }
  }

  @Test func separatedBlobsAreFound() throws {
    let experiment = try blobs(["training.epochs=16"], cache: cache)
    let network = try experiment.train { _ in }
    let report = try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
    #expect(report.byLoss.acc == 1)
    #expect(report.clusterCounts == [100, 100, 100])
    #expect(report.byLoss.loss < -0.9 * log(3))
  }

  @Test func equalSeedsGiveEqualWeightsBitForBit() throws {
    let runs = try [0, 0, 1].map { seed in
      try weights(blobs(["training.seed=\(seed)", "training.epochs=2"], cache: cache).train { _ in })
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0] != runs[2])
  }

  /// Without noise and without batch normalisation the pieces of a step are the step.
  @Test(arguments: [2, 3, 7])
  func aStepInPiecesHasTheGradientsOfTheWhole(_ pieces: Int) throws {
    let fixed = [
      "data.noise=0", "heads.normalise=false", "training.optimizer=sgd", "training.epochs=2",
      "heads.main.deviation=0.3", "heads.auxiliary.deviation=0.3",
    ]
    var losses: [[[Double]]] = []
    let runs = try [1, pieces].map { count in
      try weights(
        blobs(fixed + ["training.pieces=\(count)"], cache: cache).train { event in
          if case .epoch(let record, _) = event {
            losses.append(record.losses.sorted { $0.key < $1.key }.map(\.value))
          }
        })
    }
    for (one, other) in zip(runs[0].joined(), runs[1].joined()) { #expect(abs(one - other) < 1e-5) }
    for (one, other) in zip(losses[..<2].joined().joined(), losses[2...].joined().joined()) {
      #expect(abs(one - other) < 1e-5)
    }
  }

  @Test func aPieceHasTwoItemsOrMore() throws {
    #expect {
      try blobs(["training.pieces=31"], cache: cache)
    } throws: { "\($0)".contains("training.pieces=31: found 31 for steps of 60 items; expected at most 30") }
  }

  @Test func gradientsReachEveryParameter() throws {
    let experiment = try blobs(["training.epochs=1"], cache: cache)
    let before = try weights(
      experiment.makeNetwork(random: RandomStream(seed: 0).child("restart", 0).child("weights")))
    let after = try weights(experiment.train { _ in })
    #expect(zip(before, after).allSatisfy { $0 != $1 })
  }

  @Test func aHeadThatStartsLaterKeepsItsWeightsUntilThen() throws {
    var main: [[[Float]]] = []
    var heads: [Set<String>] = []
    _ = try blobs(["heads.main.start=0.5", "training.epochs=2"], cache: cache).train { event in
      guard case .epoch(let record, let state) = event else { return }
      heads.append(Set(record.losses.keys))
      main.append(
        try state.current.network.state.filter { $0.name.hasPrefix("heads.main") }.map { try $0.tensor.floats() })
    }
    let initial = try blobs(["training.epochs=2"], cache: cache)
      .makeNetwork(random: RandomStream(seed: 0).child("restart", 0).child("weights"))
      .state.filter { $0.name.hasPrefix("heads.main") }.map { try $0.tensor.floats() }
    #expect(main[0] == initial)
    #expect(zip(main[1], initial).allSatisfy { $0 != $1 })
    #expect(heads == [["auxiliary"], ["main", "auxiliary"]])
  }

  /// The merged clusters of a head that has found the blobs are the blobs, before the main head learns anything.
  @Test func theMainHeadMayBeginWithTheAuxiliaryHeadsClustersMerged() throws {
    let overrides = [
      "heads.main.start=0.95", "heads.main.startFrom=auxiliary", "heads.auxiliary.deviation=0.3",
      "training.epochs=13", "heads.main.weight=1e-9",
    ]
    let experiment = try blobs(overrides, cache: cache)
    let network = try experiment.train { _ in }
    #expect(try experiment.report(of: network).byLoss.acc == 1)
    let random = try blobs(overrides + ["heads.main.startFrom=random"], cache: cache)
    #expect(try random.report(of: random.train { _ in }).byLoss.acc ?? 1 < 1)
  }

  @Test func theInitialisationOfLowestLossGoesOn() throws {
    let experiment = try blobs(["training.restarts={count: 3, epochs: 2}", "training.epochs=4"], cache: cache)
    var brief: [Int: Double] = [:]
    var epochs: [Int: [Int]] = [:]
    var chosen: Int?
    let network = try experiment.train { event in
      switch event {
      case .step: break
      case .epoch(let record, _):
        epochs[record.restart, default: []].append(record.epoch)
        if record.epoch == 1 { brief[record.restart] = record.lowestLoss(of: "main") }
      case .chosen(let restart, let loss, _):
        chosen = restart
        #expect(loss == brief.values.min())
      }
    }
    let best = try #require(brief.min { $0.value < $1.value }?.key)
    #expect(chosen == best)
    for restart in 0..<3 { #expect(epochs[restart] == (restart == best ? [0, 1, 2, 3] : [0, 1])) }
    #expect(try weights(network).allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func choosingAmongInitialisationsDoesNotChangeTheirTraining() throws {
    let single = try weights(blobs(["training.epochs=2"], cache: cache).train { _ in })
    var first: [[Float]] = []
    _ = try blobs(["training.restarts={count: 2, epochs: 2}", "training.epochs=2"], cache: cache).train { event in
      if case .epoch(let record, let state) = event, record.restart == 0 {
        first = try weights(state.current.network)
      }
    }
    #expect(single == first)
  }

  @Test func aPartialBatchIsLeftOutAndDoesNotCrash() throws {
    // 60 items a step of 130: two steps, ten items left out.
    var steps: [Int] = []
    _ = try blobs(["data.count=130", "training.epochs=3"], cache: cache).train { event in
      if case .epoch(let record, _) = event {
        steps.append(record.steps)
        #expect(record.pairs == 240)
      }
    }
    #expect(steps == [2, 2, 2])
  }

  @Test func aBatchLargerThanTheDatasetIsRefused() throws {
    let experiment = try blobs(["data.count=59"], cache: cache)
    let error = #expect(throws: ManifestError.self) { try experiment.train { _ in } }
    #expect(
      error?.description
        == "blobs.yaml:5: training.batch: found 120 pairs with 2 repeats, which need 60 items a step; "
        + "the dataset has 59, which allows a batch of 118 at most")
  }

  @Test func aLossThatIsNotFiniteStopsTheRun() throws {
    let overrides = ["training.learningRate=1e38", "training.optimizer=sgd", "heads.normalise=false"]
    let experiment = try blobs(overrides, cache: cache)
    let error = #expect(throws: UserError.self) { try experiment.train { _ in } }
    #expect(error?.description.contains("is not finite") == true)
  }
}
