public import IICCore
import Imaging
public import Manifest
import Media
public import Torch

/// Moving pictures. Samples are frames, bytes `[n, side, side, C]`; views are float32 `[n, C', size, size]`, channels
/// last in memory.
///
/// The two views of a frame are the frame and another of the same shot, not far from it; or the pairs that the manifest
/// names.
public struct VideoModality: Modality {
  public static let name = "video"

  private let data: VideoData
  private let hasNamedPairs: Bool
  private let views: ImageViews
  private let encoder: ImageEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(VideoData.self, at: "data", "where the clips are")
    hasNamedPairs = root.contains("pairs")
    views = try root.section("views", "how two views of a frame are made") { section throws(ManifestError) in
      // Two frames differ as it is.
      try ImageViews(from: section, size: 48, transformed: .mild)
    }
    encoder = try root.read(ImageEncoderConfiguration.self, at: "encoder", "the network under the heads")
    try views.requireColours(data.shape.color != .grey, of: "data.color", in: root)
    for key in ["data.maxGap", "data.shotThreshold"] {
      try root.requires(
        key, of: "pairs", !hasNamedPairs, "beside the section pairs, which says what belongs together")
    }
  }

  public func dataset(cache: SampleCache) throws -> Dataset {
    try data.dataset(cache: cache, findsPairs: !hasNamedPairs)
  }

  public func items(cache: SampleCache, fitted: FittedState?) throws -> Dataset {
    try data.dataset(cache: cache, findsPairs: false)
  }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.baseView(of: samples, random: random)
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    try views.transformedView(of: samples, random: random)
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    try views.evaluationViews(of: samples)
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws -> FeatureEncoder {
    try encoder.encoder(sampleShape: sampleShape, views: views, generator: generator)
  }
}
