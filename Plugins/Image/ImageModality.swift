public import IICCore
public import Torch

/// Images. Samples are bytes `[n, H, W, C]`; views are float32 `[n, C, H, W]` from 0 to 1, channels last in memory.
public struct ImageModality: Modality {
  public static let name = "image"

  private let data: ImageData
  private let views: ImageViews
  private let encoder: EncoderConfiguration

  public init(from root: SectionReader) throws(ManifestError) {
    data = try root.read(ImageData.self, at: "data", "where the images are")
    views = try root.read(ImageViews.self, at: "views", "how two views of an image are made")
    encoder = try root.read(EncoderConfiguration.self, at: "encoder", "the network under the heads")
  }

  public func dataset(cache: SampleCache) throws -> Dataset { try data.dataset(cache: cache) }

  public func views(of samples: Tensor, repeats: Int, random: RandomStream) throws(TorchError) -> ViewPair {
    let images = try pixels(samples)
    let generator = try random.generator()
    return ViewPair(
      base: View(try views.base(images, size: views.size, generator: generator)),
      transformed: View(
        try views.transformed(images.repeated([repeats, 1, 1, 1]), size: views.size, generator: generator)))
  }

  public func evaluationView(of samples: Tensor) throws(TorchError) -> View {
    View(try views.evaluation(pixels(samples)))
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

/// The `encoder` section of a manifest.
struct EncoderConfiguration: ManifestSection {
  let name: ImageEncoder

  init(from section: SectionReader) throws(ManifestError) {
    name = try section.choice("name", default: .compact, "the network")
  }
}
