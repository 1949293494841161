import IICCore
import Torch

/// The `encoder` section of an audio manifest.
struct AudioEncoder: ManifestSection, Sendable {
  /// The networks offered for spectrograms.
  enum Name: String, CaseIterable, Sendable {
    /// Four convolutions of 32 to 256 channels, averaged over bands and time.
    case compact
    /// Twice as wide.
    case wide
  }

  private let name: Name

  init(from section: SectionReader) throws(ManifestError) {
    name = try section.choice("name", default: .compact, "the network")
  }

  /// Makes the network for spectrograms `[n, 1, bands, frames]` of any size from 8 x 8.
  func make(generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    let widths = (name == .compact ? [32, 64, 128, 256] : [64, 128, 256, 512])
    var layers: [any Layer] = []
    var input = 1
    for (place, width) in widths.enumerated() {
      layers.append(
        try Conv2d(inputChannels: input, outputChannels: width, kernel: 3, padding: 1, generator: generator))
      layers.append(try BatchNorm2d(channels: width))
      if place < widths.count - 1 { layers.append(MaxPool2d(kernel: 2)) }
      layers.append(ReLU())
      input = width
    }
    layers.append(GlobalAveragePool2d())
    return FeatureEncoder(layer: Sequential(layers), featureCount: input)
  }
}
