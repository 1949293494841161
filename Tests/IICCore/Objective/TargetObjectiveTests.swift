import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

/// As another package would write it: in each epoch k-means over the features gives every item a class, which the head,
/// drawn anew, learns.
struct PseudoLabels: RegisteredObjective, TargetObjective {
  static let name = "pseudo"
  private let clusters: Int

  init(from section: SectionReader, heads: HeadsConfiguration) { clusters = heads.main.clusters }

  func targets(at start: EpochStart) throws -> ItemTargets? {
    let found = try KMeans(clusters: clusters, starts: 1)(start.features(), random: start.random)
    try start.resetHead()
    return ItemTargets(items: start.items, classes: found.clusters)
  }

  func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    guard let targets = outputs.targets, let head = outputs.base.heads["main"] else {
      throw TorchError(operation: "PseudoLabels", message: "no targets")
    }
    let (n, subheads) = (head.shape[0], head.shape[1])
    let wanted = try Tensor.identity(clusters).selecting(targets.classes).reshaped([n, 1, clusters])
    let losses = try (head.clamped(min: 1e-30).log() * wanted).sum([0, 2]) * (-1 / Double(n))
    return ObjectiveValue(total: try losses.mean(), parts: ["main": try losses.detached().reshaped([subheads])])
  }
}

@Suite struct TargetObjectiveTests {
  @Test func targetsThatDoNotFitAreRefused() throws {
    let state = try TargetState(itemCount: 4)
    for targets in [
      ItemTargets(items: [0, 4], classes: [0, 0]), ItemTargets(items: [0], classes: [3]),
      ItemTargets(items: [0], classes: [-1]), ItemTargets(items: [0, 1], classes: [0]),
      ItemTargets(items: [0], classes: [0], weights: [.nan]), ItemTargets(items: [0], classes: [0], weights: [-1]),
    ] {
      #expect(throws: UserError.self) { try state.take(targets, clusters: 3) }
    }
    try state.take(ItemTargets(items: [3, 1], classes: [2, 0], weights: [0.5, 2]), clusters: 3)
    let found = try state.targets()
    #expect(found.items == [1, 3] && found.classes == [0, 2] && found.weights == [2, 0.5])
  }

  /// What an epoch begins with is what an evaluation finds.
  @Test func anEpochBeginsWithTheNetworksOwnClusters() throws {
    let folder = try TemporaryFolder()
    let experiment = try blobs(["training.epochs=3"], cache: SampleCache(folder: folder.url))
    let network = try experiment.train { _ in }
    let configuration = experiment.configuration
    let source = PairSource(configuration.modality, experiment.dataset, device: .cpu)
    let start = EpochStart(
      epoch: 3, items: Array(0..<300), network: network, random: RandomStream(seed: 0), previous: nil,
      reader: source.reader(of: network))
    for head in configuration.heads.all {
      let found = try experiment.assignments(of: network, to: Array(0..<300), head: head)
      #expect(Set(found.clusters[1]).count > 1)
      #expect(try start.clusters(of: head.name, subhead: 1) == found.clusters[1])
    }
    let inputs = try experiment.headInputs(of: network, Array(0..<300)).floats()
    #expect(try start.features().floats() == inputs)
  }

  @Test func onlyItemsWithATargetAreTrainedOn() throws {
    let folder = try TemporaryFolder()
    let experiment = try blobs(["training.epochs=1"], cache: SampleCache(folder: folder.url))
    let plan = try experiment.plan()
    let lookup = TargetLookup(ItemTargets(items: Array(10..<140), classes: Array(repeating: 0, count: 130)))
    let steps = plan.steps(heads: ["main", "auxiliary"], random: RandomStream(seed: 0), among: lookup)
    #expect(steps.count == 2 && steps.allSatisfy { $0.items.allSatisfy((10..<140).contains) })
    let few = TargetLookup(ItemTargets(items: [1, 2], classes: [0, 0]))
    let error = #expect(throws: UserError.self) {
      try plan.check(few)
    }
    #expect(error?.problem.contains("found targets of 2 items in this epoch; expected 60 or more") == true)
  }

  @Test func targetsReachTheBatchInItsOrder() throws {
    let lookup = TargetLookup(ItemTargets(items: [5, 7, 9], classes: [1, 0, 2], weights: [1, 2, 3]))
    let batch = try lookup.batch([9, 5], on: .cpu)
    #expect(try batch.classes.integers() == [2, 1] && batch.weights.floats() == [3, 1])
  }
}
