public import IICCore
public import Torch

/// The networks offered for images, by the names that manifests use.
public enum ImageEncoder: String, CaseIterable, Sendable {
  /// Four convolutions of 32 to 256 channels: made for minutes on a few cores.
  case compact
  /// The network of the paper's MNIST experiments: four 5x5 convolutions of 64 to 512 channels.
  case clusterNet6c = "ClusterNet6c"

  /// Makes the network for views `[n, channels, size, size]`.
  public func make(channels: Int, size: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    switch self {
    case .compact:
      try convolutions([32, 64, 128, 256], kernels: [5, 3, 3, 3], channels, size, generator)
    case .clusterNet6c:
      try convolutions([64, 128, 256, 512], kernels: [5, 5, 5, 5], channels, size, generator)
    }
  }

  /// Convolutions, each with batch normalisation and ReLU, halved in size after all but the last.
  private func convolutions(
    _ widths: [Int], kernels: [Int], _ channels: Int, _ size: Int, _ generator: RandomGenerator
  ) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var input = channels
    var side = size
    for (place, (width, kernel)) in zip(widths, kernels).enumerated() {
      layers.append(
        try Conv2d(
          inputChannels: input, outputChannels: width, kernel: kernel, padding: kernel / 2, generator: generator))
      layers.append(try BatchNorm2d(channels: width))
      if place < widths.count - 1 {
        // ReLU after the maximum equals ReLU before it, on a quarter of the values.
        layers.append(MaxPool2d(kernel: 2))
        side /= 2
      }
      layers.append(ReLU())
      input = width
    }
    layers.append(Flatten())
    return FeatureEncoder(layer: Sequential(layers), featureCount: input * side * side)
  }
}

/// The `encoder` section of a manifest about images.
public struct ImageEncoderConfiguration: Sendable, ManifestSection {
  /// The network.
  public let name: ImageEncoder

  public init(from section: SectionReader) throws(ManifestError) {
    name = try section.choice("name", default: .compact, "the network")
  }
}
