public import Manifest
public import IICCore
public import Torch

/// Rows of numbers: measurements, or features that another network made. Samples and views are float32 `[n, D]`.
public struct VectorModality: Modality {
  public static let name = "vector"

  private let data: VectorData
  private let views: VectorViews
  private let encoder: VectorEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.section("data", "where the vectors are, and which belong together") {
      section throws(ManifestError) in try VectorData(from: section, namesPairs: root.contains("pairs"))
    }
    views = try root.read(VectorViews.self, at: "views", "how two views of a vector are made")
    encoder = try root.read(VectorEncoderConfiguration.self, at: "encoder", "the network under the heads")
    try root.check(
      data.pairs != .itself || root.contains("pairs") || !views.base.isIdentity || !views.transformed.isIdentity,
      "views",
      "found no noise and no dropout on either side, so two views of a vector would be the same; expected some, "
        + "data.pairs: neighbours, or a section pairs")
  }

  public func dataset(cache: SampleCache) throws -> Dataset { try data.dataset(cache: cache) }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.base(samples, generator: random.generator()))
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.transformed(samples, generator: random.generator()))
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] { [View(samples)] }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    guard sampleShape.count == 1 else {
      throw TorchError(operation: "encoder", message: "expected samples [D], found \(sampleShape)")
    }
    return try encoder.make(inputs: sampleShape[0], generator: generator)
  }
}
