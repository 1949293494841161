import Foundation
import Manifest
import Testing
import TestSupport
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
      let experiment = try Experiment(document, registry: Registry([ShiftedModality.self]), cache: cache)
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

  private func experiment(_ modality: any Modality.Type) throws -> Experiment {
    let document = try ManifestDocument(
      text: """
        name: views
        modality: \(modality.name)
        heads: {main: {clusters: 3, subheads: 2, deviation: 1}}
        training: {epochs: 1, batch: 8, repeats: 1, precision: float32, threads: 1}
        """, source: "views.yaml", folder: nil)
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    return try Experiment(document, registry: Registry([modality]), cache: cache)
  }

  private func written(_ experiment: Experiment, _ network: ClusteringNetwork, count: Int) throws -> [Float] {
    let url = folder.url.appending(path: "features.npy")
    try experiment.writeFeatures(of: network, to: url)
    return try Array(Data(contentsOf: url).suffix(4 * count)).withUnsafeBytes {
      Array($0.bindMemory(to: Float.self))
    }
  }

  /// What is written is what the network makes of each item, in the data's order.
  @Test func featuresAreTheNetworksOwn() throws {
    let experiment = try blobs(
      ["data.count=1100"], cache: SampleCache(folder: folder.url.appending(path: "cache")))
    let network = try experiment.makeNetwork(random: RandomStream(seed: 3))
    let found = try written(experiment, network, count: 1100 * 32)
    let samples = try experiment.dataset.samples(at: Array(0..<1100)[...])
    let expected = try network.features(View(samples), .evaluation).floats()
    #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// An item's probabilities are those of all its views together, its features their mean. Encoders change nothing
  /// here, so both follow from the numbers and the head's weights.
  @Test func everyEvaluationViewCounts() throws {
    let experiment = try experiment(ThreeViewsModality.self)
    let network = try experiment.makeNetwork(random: RandomStream(seed: 4))
    let state = Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, $0.tensor) })
    let weight = try #require(state["heads.main.weight"]).doubles()  // [6, 2]
    let bias = try #require(state["heads.main.bias"]).doubles()
    func probabilities(_ x: [Double], _ subhead: Int) -> [Double] {
      let powers = (0..<3).map { cluster in
        let row = subhead * 3 + cluster
        return exp(bias[row] + weight[2 * row] * x[0] + weight[2 * row + 1] * x[1])
      }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    func largest(_ values: [Double]) -> Int { values.indices.max { values[$0] < values[$1] } ?? 0 }

    let assigned = try experiment.assignments(of: network).clusters
    let features = try written(experiment, network, count: 40 * 2)
    // How often a view alone would decide otherwise.
    var others = [0, 0, 0]
    for item in 0..<40 {
      let views = ThreeViewsModality.views(of: ThreeViewsModality.point(item))
      for subhead in 0..<2 {
        let each = views.map { probabilities($0, subhead) }
        let sum = (0..<3).map { cluster in each.reduce(0) { $0 + $1[cluster] } }
        #expect(assigned[subhead][item] == largest(sum))
        for view in 0..<3 where largest(each[view]) != largest(sum) { others[view] += 1 }
      }
      for place in 0..<2 {
        let mean = views.reduce(0) { $0 + $1[place] } / 3
        #expect(abs(Double(features[item * 2 + place]) - mean) < 1e-5)
      }
    }
    #expect(others.allSatisfy { $0 > 3 })
  }
}

/// Forty points of a plane, of which three views are evaluated.
private struct ThreeViewsModality: Modality {
  static let name = "three-views"
  init(from root: SectionReader) throws(ManifestError) {}

  static func point(_ item: Int) -> [Double] { [Double(item * 7 % 40 - 20) / 8, Double(item * 11 % 40 - 20) / 8] }

  /// The point, it turned by a quarter, and it mirrored and stretched.
  static func views(of x: [Double]) -> [[Double]] { [x, [-x[1], x[0]], [-1.5 * x[0], x[1]]] }

  func dataset(cache: SampleCache) throws -> Dataset {
    try cache.dataset(sources: [], decoding: "three views") { writer in
      for item in 0..<40 { try writer.append(Self.point(item).map(Float.init).withUnsafeBytes { [UInt8]($0) }) }
      return DatasetDescription(shape: [2], element: .float32, ids: (0..<40).map(String.init))
    }
  }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View { View(samples) }
  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View { View(samples) }

  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    let quarter = try Tensor([0, 1, -1, 0] as [Float], shape: [2, 2])
    let mirrored = try Tensor([-1.5, 0, 0, 1] as [Float], shape: [2, 2])
    return [View(samples), View(try samples.matmul(quarter)), View(try samples.matmul(mirrored))]
  }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    FeatureEncoder(layer: Flatten(), featureCount: 2)
  }
}

/// Sixteen numbers 100, 100.1, ... that go through batch normalisation alone.
private struct ShiftedModality: Modality {
  static let name = "shifted"
  init(from root: SectionReader) throws(ManifestError) {}

  func dataset(cache: SampleCache) throws -> Dataset {
    try cache.dataset(sources: [], decoding: "shifted") { writer in
      for item in 0..<16 { try writer.append(withUnsafeBytes(of: 100 + 0.1 * Float(item)) { [UInt8]($0) }) }
      return DatasetDescription(shape: [1, 1, 1], element: .float32, ids: (0..<16).map(String.init))
    }
  }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View { View(samples) }
  func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View { View(samples) }
  func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }

  func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    FeatureEncoder(layer: Sequential([try BatchNorm2d(channels: 1), Flatten()]), featureCount: 1)
  }
}
