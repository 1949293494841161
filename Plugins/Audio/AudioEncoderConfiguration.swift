import IICCore
import Manifest
import Torch

/// The `encoder` section of an audio manifest.
struct AudioEncoderConfiguration: ManifestSection, Sendable {
  /// The networks offered for spectrograms.
  enum Name: String, CaseIterable, Sendable {
    /// Four convolutions of 16 to 128 channels: made for minutes on a few cores.
    case compact
    /// Four times as wide.
    case wide

    var widths: [Int] {
      switch self {
      case .compact: [16, 32, 64, 128]
      case .wide: [64, 128, 256, 512]
      }
    }
  }

  /// What is kept of the last map's channels.
  enum Pooling: String, CaseIterable, Sendable {
    /// The mean over time at each band: voices and channels differ by where their energy is.
    case time
    /// The mean over bands and time.
    case all
  }

  /// The least number of bands and of frames: the map is halved three times.
  static let leastSide = 8

  private let name: Name
  private let pooling: Pooling

  init(from section: SectionReader) throws(ManifestError) {
    name = try section("name", .choice, default: .compact, "the network")
    pooling = try section(
      "pooling", .choice, default: .time, "over what the last map is averaged: time, or all, bands and time")
  }

  /// Makes the network for spectrograms `[n, 1, bands, frames]`, of any number of frames from 8.
  func make(bands: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var input = 1
    for (place, width) in name.widths.enumerated() {
      layers.append(
        try Conv2d(inputChannels: input, outputChannels: width, kernel: 3, padding: 1, generator: generator))
      layers.append(try BatchNorm2d(channels: width))
      // ReLU after the maximum equals ReLU before it, on a quarter of the values.
      if place < name.widths.count - 1 { layers.append(MaxPool2d(kernel: 2)) }
      layers.append(ReLU())
      input = width
    }
    switch pooling {
    case .time: layers.append(TimeAveragePool2d())
    case .all: layers.append(GlobalAveragePool2d())
    }
    // Halved thrice, rounded down each time.
    let places = pooling == .time ? bands / 8 : 1
    return FeatureEncoder(layer: Sequential(layers), featureCount: input * places)
  }
}

/// The mean over time of each channel at each band: `[n, C, bands, frames]` to `[n, C bands]`.
final class TimeAveragePool2d: Layer {
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let means = try input.mean([3])  // [n, C, bands]
    return try means.reshaped([means.shape[0], -1])
  }
}
