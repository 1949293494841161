import Manifest
import Testing
import Torch

@testable import IICCore

/// Points around a few centres: the smallest data that clusters. Two views of a point differ by noise.
struct BlobModality: Modality {
  static let name = "blobs"
  let count, classes: Int
  let noise: Double
  /// The points of the part `train`, if there are parts; the others are `test`.
  let train: Int?

  init(from root: SectionReader) throws(ManifestError) {
    (count, classes, noise, train) = try root.section("data", "the points") { section throws(ManifestError) in
      (
        try section("count", .integer(in: 1...10_000), default: 300, "points"),
        try section("classes", .integer(in: 1...8), default: 3, "centres"),
        try section("noise", .number(in: 0...10), default: 0.3, "standard deviation of a view's noise"),
        try section(
          "train", .integer(in: 1...10_000), default: nil, "points of the part train; the rest is test")
      )
    }
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let parts: [DatasetDescription.Part] =
      train.map { [.init(name: "train", count: $0), .init(name: "test", count: count - $0)] } ?? []
    return try cache.dataset(sources: [], decoding: "blobs \(count) \(classes) \(train ?? 0)") { writer in
      let labels = (0..<count).map { $0 % classes }
      let spread = try RandomStream(seed: 1).generator().normal([count, 8]).floats()
      for (index, label) in labels.enumerated() {
        let point = (0..<8).map { spread[index * 8 + $0] * 0.2 + ($0 == label ? 4 : 0) }
        try writer.append(point.withUnsafeBytes { [UInt8]($0) })
      }
      return DatasetDescription(
        shape: [8], element: .float32, ids: labels.indices.map { "point-\($0)" }, labels: labels, parts: parts)
    }
  }

  func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try samples + random.generator().normal(samples.shape) * noise)
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

/// An experiment on blobs with a cache of its own.
func blobs(
  _ overrides: [String] = [], cache: SampleCache, modality: any Modality.Type = BlobModality.self
) throws -> Experiment {
  let text = """
    name: blobs
    modality: blobs
    heads: {main: {clusters: 3, subheads: 2, start: 0}, auxiliary: {clusters: 6, subheads: 2, deviation: 0.01}}
    training:
      {epochs: 8, batch: 120, repeats: 2, learningRate: 0.01, schedule: constant, precision: float32, threads: 1}
    """
  let document = try ManifestDocument(text: text, source: "blobs.yaml", folder: nil, overrides: overrides)
  return try Experiment(
    document, registry: Registry([modality], objectives: [PseudoLabels.self]), cache: cache)
}
