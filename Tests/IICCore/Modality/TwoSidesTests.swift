import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

/// Pairs of two kinds of data: points of 8 numbers, and the same things told in 5, through an encoder of their own.
@Suite struct TwoSidesTests {
  private let folder: TemporaryFolder
  private let experiment: Experiment
  private let others: Dataset

  init() throws {
    folder = try TemporaryFolder()
    experiment = try blobs(["training.epochs=10"], cache: SampleCache(folder: folder.url))
    // Of three kinds in another order, at corners that have nothing to do with the points.
    let corners: [[Float]] = [[3, 0, 0, 0, 1], [0, -3, 0, 2, 0], [0, 0, 3, 0, -1]]
    let noise = try RandomStream(seed: 9).generator().normal([240, 5]).floats()
    var values: [Float] = []
    for item in 0..<240 {
      for place in 0..<5 { values.append(corners[item / 80][place] + 0.3 * noise[item * 5 + place]) }
    }
    others = try Dataset(samples: values, shape: [5])
  }

  /// For each point, of kind `item % 3`, two of the others of its kind.
  private var table: Partners {
    Partners(
      (0..<experiment.dataset.count).map { (item: Int) -> [Int] in
        let first = 80 * (item % 3)
        return [first + item % 80, first + (item * 7) % 80]
      })
  }

  /// Others are shown with noise, as they are evaluated without.
  private struct Others: Modality {
    static let name = "others"
    init() {}
    init(from root: SectionReader) {}
    func dataset(cache: SampleCache) throws -> Dataset { throw UserError("given in memory") }
    func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
      View(try samples + random.generator().normal(samples.shape) * 0.2)
    }
    func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
      try baseView(of: samples, random: random)
    }
    func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }
    func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
      let hidden = try Linear(
        inputFeatures: sampleShape[0], outputFeatures: 32, deviation: 0.5, generator: generator)
      return FeatureEncoder(layer: Sequential([hidden, ReLU()]), featureCount: 32)
    }
  }

  private func network(_ random: RandomStream) throws -> ClusteringNetwork {
    let generator = try random.generator()
    let configuration = experiment.configuration
    return try ClusteringNetwork(
      encoder: configuration.modality.encoder(sampleShape: [8], generator: generator),
      transformedEncoder: Others().encoder(sampleShape: [5], generator: generator), heads: configuration.heads.all,
      precision: .float32, generator: generator)
  }

  private func source() throws -> PairSource {
    try PairSource(
      base: Side(experiment.configuration.modality, experiment.dataset), transformed: Side(Others(), others),
      partners: table, device: .cpu)
  }

  @Test func twoKindsOfDataFindTheSameClusters() throws {
    let configuration = experiment.configuration
    let trainer = Trainer(
      configuration.training,
      plan: try EpochPlan(configuration.training, heads: configuration.heads, dataset: experiment.dataset),
      source: try source(), objective: configuration.objective, makeNetwork: network)
    let network = try trainer.train(trainer.initialState()) { _ in }
    func clusters(_ samples: Tensor, _ side: PairSide) throws -> [Int] {
      let features = try network.features(View(samples), .evaluation, of: side)
      let main = try #require(try network.outputs(features, .evaluation, of: ["main"], side: side)["main"])
      return try main.sliced(0..<1, along: 1).argmax(along: 2).reshaped([-1]).integers()
    }
    let points = try clusters(experiment.dataset.samples(at: Array(0..<300)[...]), .base)
    let told = try clusters(others.samples(at: Array(0..<240)[...]), .transformed)
    #expect(try ClusteringScores(clusters: points, classes: (0..<300).map { $0 % 3 }).acc > 0.95)
    // Of a thing and its partner each one's cluster tells the other's. They need not have one number: the joint is made
    // symmetric, so that exchanging two clusters of one side loses nothing.
    let partners = (0..<300).map { told[80 * ($0 % 3) + $0 % 80] }
    #expect(try ClusteringScores(clusters: points, classes: partners).acc > 0.95)
    let names = network.state.map(\.name)
    #expect(names.contains("encoder.0.weight") && names.contains("transformed.encoder.0.weight"))
    #expect(names.contains("transformed.normalisation.running_mean"))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let base = Side(experiment.configuration.modality, experiment.dataset)
    func message(_ lists: [[Int]]) -> String? {
      let error = #expect(throws: UserError.self) {
        try PairSource(base: base, transformed: Side(Others(), others), partners: Partners(lists), device: .cpu)
      }
      return error?.description
    }
    let good = (0..<300).map { _ in [0] }
    #expect(
      message(Array(good.dropLast())) == "partners: found those of 299 items; expected 300, as many as the data has"
    )
    #expect(message(good.dropLast() + [[240]]) == "partners: item 299: found 240; expected items from 0 to 239")
    #expect(message(good.dropLast() + [[]])?.hasPrefix("partners: item 299 of the base side has none") == true)
    let generator = try RandomGenerator(seed: 1)
    let narrow = try Linear(inputFeatures: 5, outputFeatures: 16, generator: generator)
    let error = #expect(throws: TorchError.self) {
      try ClusteringNetwork(
        encoder: experiment.configuration.modality.encoder(sampleShape: [8], generator: generator),
        transformedEncoder: FeatureEncoder(layer: narrow, featureCount: 16),
        heads: experiment.configuration.heads.all,
        precision: .float32, generator: generator)
    }
    #expect(error?.description.contains("found encoders of 32 and 16 features") == true)
  }

  /// What is frozen stays; the rest learns at its own rate.
  @Test func aFrozenEncoderStays() throws {
    let network = try network(RandomStream(seed: 3))
    network.freeze { $0.hasPrefix("encoder.") }
    let names = network.trainable.map(\.name)
    #expect(!names.contains { $0.hasPrefix("encoder.") } && names.contains("transformed.encoder.0.weight"))
    #expect(network.parameters.count == names.count)
    let before = try network.state.filter(\.isParameter).map { ($0.name, try $0.tensor.floats()) }
    let optimizer = try Optimizer.sgd(network.parameterGroups, learningRate: 0.1, weightDecay: 0)
    let pairs = try source().pairs(of: Array(0..<60)[...], repeats: 1, random: RandomStream(seed: 1))
    try experiment.configuration.objective(network.outputs(pairs, .training), .training).total.backward()
    try optimizer.step()
    let after = Dictionary(uniqueKeysWithValues: try network.state.map { ($0.name, try $0.tensor.floats()) })
    for (name, values) in before {
      #expect((after[name] == values) == name.hasPrefix("encoder."), "\(name)")
    }
  }
}
