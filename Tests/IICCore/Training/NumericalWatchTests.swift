import Files
import Foundation
import Manifest
import Synchronization
import Testing
import TestSupport
import Torch

@testable import IICCore

/// What goes wrong in the encoder, once: in the pass of that number.
private final class Poison: Sendable {
  enum Kind: CaseIterable {
    /// Features that are not numbers, and with them the loss.
    case features
    /// Features as they should be, whose derivatives are not numbers.
    case derivatives
  }

  @TaskLocal static var current: Poison?

  let kind: Kind
  private let pass: Int
  private let count = Mutex(0)

  init(_ kind: Kind, pass: Int) {
    self.kind = kind
    self.pass = pass
  }

  func isDue() -> Bool {
    count.withLock {
      $0 += 1
      return $0 == pass
    }
  }
}

private final class PoisonLayer: Layer {
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    guard pass.movesStatistics, let poison = Poison.current, poison.isDue() else { return input }
    return switch poison.kind {
    case .features: try input * Double.nan
    // The derivative of the root is infinite at 0, and 0 times that is not a number.
    case .derivatives: try input + (input * 0).sqrt() * 0
    }
  }
}

/// Blobs under an encoder that goes wrong when the test says so.
private struct PoisonedModality: Modality {
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

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws -> FeatureEncoder {
    let linear = try Linear(
      inputFeatures: sampleShape[0], outputFeatures: 32, deviation: 0.5, generator: generator)
    return FeatureEncoder(layer: Sequential([linear, ReLU(), PoisonLayer()]), featureCount: 32)
  }
}

@Suite struct NumericalWatchTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  private var overrides: [String] { ["training.epochs=3", "checkpoint.steps=2"] }

  private func results(_ place: RunFolder) throws -> [Data] {
    try [place.lastWeights, place.bestWeights, place.metrics, place.assignments].map { try Data(contentsOf: $0) }
  }

  /// 5 steps an epoch, 2 passes a step: pass 15 is in the third step of the second epoch.
  @Test(arguments: Poison.Kind.allCases)
  fileprivate func aRunStopsWithWhatWasKnownAndGoesOnFromThere(_ kind: Poison.Kind) throws {
    let whole = try RunFolder.create(at: folder.path("whole"))
    _ = try TrainingRun(blobs(overrides, cache: cache), in: whole).start()

    let place = try RunFolder.create(at: folder.path("run"))
    let poisoned = try blobs(overrides, cache: cache, modality: PoisonedModality.self)
    let error = #expect(throws: UserError.self) {
      try Poison.$current.withValue(Poison(kind, pass: 15)) { _ = try TrainingRun(poisoned, in: place).start() }
    }
    let message = try #require(error?.description)
    let what = kind == .features ? "training: the loss of head " : "training: the gradient of encoder.0.weight "
    #expect(message.hasPrefix(what) && message.contains("is not finite (epoch 2, step 3); "), "\(message)")

    let all = try String(contentsOf: whole.metrics, encoding: .utf8).split(separator: "\n")
    #expect(try String(contentsOf: place.metrics, encoding: .utf8).split(separator: "\n") == Array(all.prefix(1)))
    let newest = try #require(try CheckpointStore(folder: place.checkpoints, keep: 2).newest().checkpoint)
    #expect(newest.state.training.current.epoch == 1 && newest.state.training.current.step == 2)

    _ = try TrainingRun(blobs(overrides, cache: cache), in: place).resume()
    let (resumed, expected) = (try results(place), try results(whole))
    #expect(resumed == expected)
  }
}
