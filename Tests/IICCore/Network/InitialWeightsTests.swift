import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

/// Points whose encoder begins with the weights of a file.
private struct PretrainedModality: Modality {
  static let name = "blobs"
  private let blobs: BlobModality
  private let weights: String

  init(from root: SectionReader) throws(ManifestError) {
    blobs = try BlobModality(from: root)
    weights = try root.section("encoder", "") { section throws(ManifestError) in try section("weights", .path, "") }
  }

  func dataset(cache: SampleCache) throws -> Dataset { try blobs.dataset(cache: cache) }
  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try blobs.baseView(of: samples, random: random)
  }
  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try blobs.transformedView(of: samples, random: random)
  }
  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }
  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var encoder = try blobs.encoder(sampleShape: sampleShape, generator: generator)
    encoder.initialWeights = InitialWeights(URL(filePath: weights))
    return encoder
  }
}

@Suite struct InitialWeightsTests {
  let folder: TemporaryFolder
  let weights: URL

  init() throws {
    folder = try TemporaryFolder()
    weights = folder.url.appending(path: "weights.safetensors")
    try write(value: 0.25)
  }

  /// The encoder's linear layer, 8 features to 32.
  private func write(value: Float) throws {
    func entry(_ shape: [Int]) -> SafetensorsFile.Entry {
      let values = [Float](repeating: value, count: shape.reduce(1, *))
      return .init(dtype: .float32, shape: shape, bytes: values.withUnsafeBytes { Data($0) })
    }
    try SafetensorsFile(tensors: ["0.weight": entry([32, 8]), "0.bias": entry([32])]).write(to: weights)
  }

  private func experiment(_ overrides: [String] = []) throws -> Experiment {
    try blobs(
      ["training.epochs=3", "checkpoint.steps=2", "encoder.weights=\(weights.path)"] + overrides,
      cache: SampleCache(folder: folder.url.appending(path: "cache")), modality: PretrainedModality.self)
  }

  private func start(_ name: String, _ overrides: [String] = [], stopAfter: Int? = nil) throws -> RunFolder {
    let place = try RunFolder.create(at: folder.path(name))
    var calls = 0
    do {
      _ = try TrainingRun(experiment(overrides), in: place).start(shouldStop: {
        calls += 1
        return calls == stopAfter
      })
    } catch is Trainer.Stopped {}
    return place
  }

  @Test func aNetworkBeginsWithThem() throws {
    let network = try experiment().makeNetwork(random: RandomStream(seed: 0))
    let values = try #require(network.state.first { $0.name == "encoder.0.weight" }).tensor.floats()
    #expect(values == [Float](repeating: 0.25, count: 256))
  }

  @Test func theReceiptHasTheirHash() throws {
    let place = try start("run", stopAfter: 1)
    let receipt = try #require(try place.readReceipt())
    #expect(receipt.encoderWeightsSHA256 == (try SHA256.hash(of: weights)))
    #expect(receipt.program == ProgramVersion.number && receipt.swift == ProgramVersion.swift)
  }

  /// Stopped in the second epoch, or finished: what goes on or is evaluated has weights of its own.
  @Test func aRunThatHasBegunDoesWithoutTheFile() throws {
    let whole = try start("whole")
    let stopped = try start("run", stopAfter: 8)
    try FileManager.default.removeItem(at: weights)
    _ = try TrainingRun(experiment(), in: stopped).resume()
    #expect(try Data(contentsOf: stopped.lastWeights) == Data(contentsOf: whole.lastWeights))
    let experiment = try experiment()
    let network = try experiment.makeNetwork(weights: whole.lastWeights)
    #expect(try experiment.report(of: network).items == 300)
    #expect(throws: (any Error).self) { try experiment.makeNetwork(random: RandomStream(seed: 0)) }
  }

  @Test func aRunWithoutACheckpointNeedsTheSameFile() throws {
    let place = try start("run", stopAfter: 1)
    for name in try FileManager.default.contentsOfDirectory(atPath: place.checkpoints.path(percentEncoded: false)) {
      try FileManager.default.removeItem(at: place.checkpoints.appending(path: name))
    }
    let before = try SHA256.hash(of: weights)
    try write(value: 0.5)
    let error = #expect(throws: UserError.self) { try TrainingRun(experiment(), in: place).resume() }
    let after = try SHA256.hash(of: weights)
    #expect(
      error?.description == "encoder.weights: \(weights.path): the initial weights are not the run's: SHA-256 was "
        + "\(before.prefix(16))…, is \(after.prefix(16))…")
    try write(value: 0.25)
    _ = try TrainingRun(experiment(), in: place).resume()
  }

  /// Initialisations that are still to be tried begin with the file.
  @Test func aRunThatStillTriesInitialisationsNeedsTheSameFile() throws {
    let restarts = ["training.restarts={count: 2, epochs: 1}"]
    let place = try start("run", restarts, stopAfter: 3)
    try write(value: 0.5)
    let error = #expect(throws: UserError.self) { try TrainingRun(experiment(restarts), in: place).resume() }
    #expect(error?.key == "encoder.weights")
    try write(value: 0.25)
    let whole = try start("whole", restarts)
    _ = try TrainingRun(experiment(restarts), in: place).resume()
    #expect(try Data(contentsOf: place.lastWeights) == Data(contentsOf: whole.lastWeights))
  }

  /// A file that changes between two initialisations of one run would make them of two kinds.
  @Test func aFileThatChangesWhileInitialisationsAreTriedIsRefused() throws {
    let place = try RunFolder.create(at: folder.path("run"))
    let experiment = try experiment(["training.restarts={count: 2, epochs: 1}"])
    let error = #expect(throws: UserError.self) {
      _ = try TrainingRun(experiment, in: place).start(observe: { event in
        if case .epoch(let record, _) = event, record.restart == 0 { try write(value: 0.5) }
      })
    }
    #expect(error?.key == "encoder.weights")
    #expect(error?.problem.contains("the initial weights are not the run's: SHA-256 was ") == true)
  }

  /// Weights that do not fit are found before anything of the run is written.
  @Test func whatDoesNotFitLeavesNothing() throws {
    try SafetensorsFile().write(to: weights)
    #expect(throws: SafetensorsError.self) { try start("run") }
    #expect(throws: UserError.self) { try RunFolder.open(at: folder.path("run")) }
  }
}
