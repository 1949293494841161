public import IICCore
import Imaging
public import Torch

/// Images. Samples are bytes `[n, H, W, C]`; views are float32 `[n, C, H, W]` from 0 to 1, channels last in memory.
public struct ImageModality: Modality {
  public static let name = "image"

  private let data: ImageData
  private let views: ImageViews
  private let encoder: ImageEncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(ImageData.self, at: "data", "where the images are")
    views = try root.read(ImageViews.self, at: "views", "how two views of an image are made")
    encoder = try root.read(ImageEncoderConfiguration.self, at: "encoder", "the network under the heads")
  }

  public func dataset(cache: SampleCache) throws -> Dataset { try data.dataset(cache: cache) }

  public func baseView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.base(pixels(samples), size: views.size, generator: random.generator()))
  }

  public func transformedView(of samples: Tensor, random: RandomStream) throws(TorchError) -> View {
    View(try views.transformed(pixels(samples), size: views.size, generator: random.generator()))
  }

  public func evaluationViews(of samples: Tensor) throws(TorchError) -> [View] {
    [View(try views.evaluation(pixels(samples)))]
  }

  public func encoder(sampleShape: [Int], generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    guard let channels = sampleShape.last else {
      throw TorchError(operation: "encoder", message: "expected samples [H, W, C], found \(sampleShape)")
    }
    return try encoder.name.make(channels: channels, size: views.size, generator: generator)
  }

  /// Bytes `[n, H, W, C]` as `[n, C, H, W]` from 0 to 1. The memory is left where it is: it is channels last.
  private func pixels(_ samples: Tensor) throws(TorchError) -> Tensor {
    try samples.to(.float32).permuted([0, 3, 1, 2]) * (1 / 255)
  }
}
