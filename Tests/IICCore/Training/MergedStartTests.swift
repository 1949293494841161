import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

/// Blobs under an encoder with batch normalisation.
private struct NormalisedBlobs: Modality {
  static let name = BlobModality.name
  let blobs: BlobModality

  init(from root: SectionReader) throws(ManifestError) { blobs = try BlobModality(from: root) }
  func dataset(cache: SampleCache) throws -> Dataset { try blobs.dataset(cache: cache) }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try blobs.baseView(of: samples, random: random)
  }

  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try blobs.transformedView(of: samples, random: random)
  }

  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    try blobs.evaluationViews(of: samples)
  }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    let linear = try Linear(
      inputFeatures: sampleShape[0], outputFeatures: 16, deviation: 0.5, generator: generator)
    return FeatureEncoder(layer: Sequential([linear, try BatchNorm2d(channels: 16), ReLU()]), featureCount: 16)
  }
}

@Suite struct MergedStartTests {
  let folder: TemporaryFolder
  let experiment: Experiment
  private let random = RandomStream(seed: 11)

  init() throws {
    folder = try TemporaryFolder()
    experiment = try blobs(
      [
        "heads.main={clusters: 3, subheads: 2, start: 0.5, startFrom: auxiliary, lambda: 3}",
        "heads.auxiliary={clusters: 8, subheads: 3, deviation: 0.4}",
      ],
      cache: SampleCache(folder: folder.url.appending(path: "cache")), modality: NormalisedBlobs.self)
  }

  private var source: PairSource { PairSource(experiment.configuration.modality, experiment.dataset, device: .cpu) }

  /// The joint of a sub-head over a whole pass in batches, by the statistics of each; every product by hand.
  private func joint(_ network: ClusteringNetwork, subhead: Int) throws -> [[Double]] {
    let training = experiment.configuration.training
    let stream = random.child("merging")
    let sampler = EpochSampler(items: Array(0..<300), batchSize: training.itemsPerStep, random: stream)
    var joint = [[Double]](repeating: [Double](repeating: 0, count: 8), count: 8)
    for step in 0..<sampler.count {
      let pair = try source.pairs(
        of: sampler[step], repeats: training.repeats, random: stream.child("views", step))
      let sides = try withoutGradients { () throws in
        try [pair.base, pair.transformed].map { view in
          let features = try network.features(view, .batchStatistics)
          let outputs = try network.outputs(features, .batchStatistics)
          return try #require(outputs["auxiliary"]).doubles()
        }
      }
      let n = pair.base.count
      for row in 0..<pair.transformed.count {
        for i in 0..<8 {
          for j in 0..<8 {
            joint[i][j] += sides[0][(row % n * 3 + subhead) * 8 + i] * sides[1][(row * 3 + subhead) * 8 + j]
          }
        }
      }
    }
    return joint
  }

  @Test func theMainHeadAloneChangesAndIsWhatTheJointAndItsLambdaSay() throws {
    let heads = experiment.configuration.heads
    let network = try experiment.makeNetwork(random: RandomStream(seed: 5))
    // Running statistics that are not those of any batch.
    for entry in network.state where entry.name.contains("running") { try entry.tensor.assign(entry.tensor + 0.5) }
    let before = try network.state.map { ($0.name, try $0.tensor.doubles()) }
    let joints = try (0..<2).map { try joint(network, subhead: $0) }
    let start = try #require(
      MergedStart(heads, experiment.configuration.training, items: Array(0..<300)))
    try start.begin(
      network, source: source, objective: ClusteringObjective(experiment.configuration.heads.all), random: random)

    let after = Dictionary(uniqueKeysWithValues: try network.state.map { ($0.name, try $0.tensor.doubles()) })
    #expect(before.contains { $0.0.contains("running_mean") })
    for (name, values) in before where !name.hasPrefix("heads.main") { #expect(after[name] == values, "\(name)") }

    let old = Dictionary(uniqueKeysWithValues: before)
    let (rows, biases) = (try #require(old["heads.auxiliary.weight"]), try #require(old["heads.auxiliary.bias"]))
    let (newRows, newBiases) = (try #require(after["heads.main.weight"]), try #require(after["heads.main.bias"]))
    var differs = false
    for (subhead, joint) in joints.enumerated() {
      let total = joint.flatMap(\.self).reduce(0, +)
      let masses = (0..<8).map { i in (0..<8).reduce(0) { $0 + (joint[i][$1] + joint[$1][i]) / (2 * total) } }
      let groups = NaiveMerging.groups(joint, into: 3, lambda: 3)
      if groups != NaiveMerging.groups(joint, into: 3, lambda: 1) { differs = true }
      for group in 0..<3 {
        let members = (0..<8).filter { groups[$0] == group }
        let mass = members.reduce(0) { $0 + masses[$1] }
        let bias = members.reduce(0.0) {
          $0 + masses[$1] / mass * (biases[subhead * 8 + $1] - log(masses[$1] / mass))
        }
        #expect(abs(newBiases[subhead * 3 + group] - bias) < 1e-4)
        for feature in 0..<16 {
          let row = members.reduce(0.0) { $0 + masses[$1] / mass * rows[(subhead * 8 + $1) * 16 + feature] }
          #expect(abs(newRows[(subhead * 3 + group) * 16 + feature] - row) < 1e-4)
        }
      }
    }
    // Else this could not tell which lambda is taken.
    #expect(differs)
  }

  @Test func aWishToStopLeavesTheNetworkAsItWas() throws {
    struct Stop: Error {}
    let network = try experiment.makeNetwork(random: RandomStream(seed: 5))
    let start = try #require(
      MergedStart(experiment.configuration.heads, experiment.configuration.training, items: Array(0..<300)))
    let before = try network.state.map { try $0.tensor.doubles() }
    // Five batches, then for either sub-head the costs and five merges.
    for last in [1, 5, 6, 12, 17] {
      var calls = 0
      #expect(throws: Stop.self) {
        try start.begin(
          network, source: source, objective: ClusteringObjective(experiment.configuration.heads.all),
          random: random
        ) {
          calls += 1
          if calls == last { throw Stop() }
        }
      }
      #expect(try network.state.map { try $0.tensor.doubles() } == before)
    }
  }
}

/// A run that is stopped while its clusters are merged goes on as if it had not been.
@Suite struct MergedStartStopTests {
  private let runs: RunFixture
  private let overrides = ["heads.main.start=0.5", "heads.main.startFrom=auxiliary"]

  init() throws { runs = try RunFixture() }

  /// Two epochs ask six times each, then five batches, and for either sub-head the costs and three merges.
  @Test(arguments: [13, 18, 20]) func aCheckpointIsThereToGoOnFrom(call: Int) throws {
    let whole = try runs.run("whole", overrides)
    try runs.run("run", overrides, stopAfter: call)
    let newest = try runs.newest("run")
    #expect(newest.state.training.current.epoch == 2 && newest.state.training.current.step == 0)
    #expect(newest.state.training.current.begun == ["auxiliary"])
    #expect(try runs.run("run", overrides, resuming: true) == whole)
  }
}
