import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct EvaluatorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A new network's running statistics are mean 0 and variance 1. Its inputs, far from 0, look alike by those and
  /// different by their own.
  @Test func statisticsDecideWhatItemsAreNormalisedBy() throws {
    func deviation(_ statistics: String) throws -> Double {
      let document = try ManifestDocument(
        text: """
          name: shifted
          modality: shifted
          heads: {main: {clusters: 2, subheads: 1}}
          training: {epochs: 1, batch: 8, repeats: 1, precision: float32, threads: 1}
          evaluation: {statistics: \(statistics)}
          """, source: "shifted.yaml", folder: nil)
      let cache = SampleCache(folder: folder.url.appending(path: "cache"))
      let experiment = try Experiment(document, registry: ModalityRegistry([ShiftedModality.self]), cache: cache)
      let network = try experiment.makeNetwork(random: RandomStream(seed: 0))
      let url = folder.url.appending(path: "\(statistics).npy")
      try experiment.writeFeatures(of: network, to: url)
      let features = try Array(Data(contentsOf: url).suffix(4 * 16)).withUnsafeBytes {
        Array($0.bindMemory(to: Float.self)).map(Double.init)
      }
      let mean = features.reduce(0, +) / 16
      return features.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 16
    }
    #expect(try abs(deviation("batch") - 1) < 1e-2)
    #expect(try abs(deviation("running") - 0.01 * 21.25) < 1e-3)
  }
}

/// Sixteen numbers 100, 100.1, ... that go through batch normalisation alone.
private struct ShiftedModality: Modality {
  static let name = "shifted"
  init(from root: SectionReader) throws(ManifestError) {}

  func dataset(cache: SampleCache) throws -> Dataset {
    try cache.dataset(sources: [], decoding: "shifted") { writer in
      for item in 0..<16 { try writer.append(withUnsafeBytes(of: 100 + 0.1 * Float(item)) { [UInt8]($0) }) }
      return SampleDescription(shape: [1, 1, 1], element: .float32, ids: (0..<16).map(String.init))
    }
  }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View { View(samples) }
  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View { View(samples) }
  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    FeatureEncoder(layer: Sequential([try BatchNorm2d(channels: 1), Flatten()]), featureCount: 1)
  }
}
