public import Foundation
public import IICCore
public import Manifest
public import Torch

/// The networks offered for segmentation, by the names that manifests use: views `[n, C, H, W]` to maps of features.
public enum DenseEncoder: String, CaseIterable, Sendable {
  /// Three convolutions of 32 to 64 channels at full size: made for minutes on a few cores.
  case compact
  /// Five convolutions of 32 to 128 channels, the last three at a quarter of the size: sees 34 pixels around, for textures.
  case wide
  /// The network of the paper's segmentation experiments.
  case segmentationNet10a = "SegmentationNet10a"
  case resNet18 = "ResNet18"
  case resNet34 = "ResNet34"
  case resNet50 = "ResNet50"

  /// Makes the network for views of `channels` channels.
  public func make(channels: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    switch self {
    case .compact: try Self.compact(channels: channels, generator: generator)
    case .wide: try Self.wide(channels: channels, generator: generator)
    case .segmentationNet10a: try Self.segmentationNet10a(channels: channels, generator: generator)
    case .resNet18: try ResNet.resNet18.encoder(channels: channels, isDense: true, generator: generator)
    case .resNet34: try ResNet.resNet34.encoder(channels: channels, isDense: true, generator: generator)
    case .resNet50: try ResNet.resNet50.encoder(channels: channels, isDense: true, generator: generator)
    }
  }

  private static func compact(channels: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var input = channels
    for width in [32, 64, 64] {
      layers += try rimless(input, width, generator: generator)
      input = width
    }
    return FeatureEncoder(layer: Sequential(layers), featureCount: input, isDense: true)
  }

  private static func wide(channels: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    var input = channels
    for width in [32, 64] {
      layers += try rimless(input, width, generator: generator) + [MaxPool2d(kernel: 2)]
      input = width
    }
    for width in [128, 128, 128] {
      layers += try rimless(input, width, generator: generator)
      input = width
    }
    return FeatureEncoder(layer: Sequential(layers), featureCount: input, isDense: true)
  }

  /// Six convolutions, each with batch normalisation and ReLU, halved once in size. The last two are dilated by 2 and padded
  /// by 1, so that each takes 2 from the map's sides. A ring of zeros follows, which under a head stands for the padding of
  /// the published one.
  private static func segmentationNet10a(
    channels: Int, generator: RandomGenerator
  ) throws(TorchError) -> FeatureEncoder {
    var layers: [any Layer] = []
    layers += try block(channels, 64, padding: 1, generator: generator)
    layers += try block(64, 128, padding: 1, generator: generator)
    layers.append(MaxPool2d(kernel: 2))
    layers += try block(128, 256, padding: 1, generator: generator)
    layers += try block(256, 256, padding: 1, generator: generator)
    layers += try block(256, 512, padding: 1, dilation: 2, generator: generator)
    layers += try block(512, 512, padding: 1, dilation: 2, generator: generator)
    layers.append(ZeroPad2d(1))
    return FeatureEncoder(layer: Sequential(layers), featureCount: 512, isDense: true)
  }

  /// A convolution that sees the rim repeated beyond it. Zeros there tell it where a picture ends, and then the rim is the
  /// surface that is easiest to tell apart.
  private static func rimless(
    _ input: Int, _ output: Int, generator: RandomGenerator
  ) throws(TorchError) -> [any Layer] {
    [ReplicationPad2d(1)] + (try block(input, output, padding: 0, generator: generator))
  }

  private static func block(
    _ input: Int, _ output: Int, padding: Int, dilation: Int = 1, generator: RandomGenerator
  ) throws(TorchError) -> [any Layer] {
    [
      try Conv2d(
        inputChannels: input, outputChannels: output, kernel: 3, padding: padding, dilation: dilation,
        generator: generator),
      try BatchNorm2d(channels: output, activation: .relu),
    ]
  }
}

/// The `encoder` section of a manifest about segmentation.
public struct DenseEncoderConfiguration: Sendable, ManifestSection {
  /// The network.
  public var name = DenseEncoder.compact
  /// A safetensors file with its initial weights; nil draws them.
  public var weights: URL?

  /// The compact network, its weights drawn.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    name = try section("name", .choice, default: name, "the network")
    weights = try section(
      "weights", .path, default: nil,
      "safetensors file with the network's initial weights; if absent, they are drawn"
    ).map { URL(filePath: $0) }
  }

  /// Makes the network for views of `channels` channels. The weights of the manifest's file are named, not read.
  public func encoder(channels: Int, generator: RandomGenerator) throws -> FeatureEncoder {
    var encoder = try name.make(channels: channels, generator: generator)
    encoder.initialWeights = weights.map(ImageEncoderConfiguration.initialWeights)
    return encoder
  }
}
