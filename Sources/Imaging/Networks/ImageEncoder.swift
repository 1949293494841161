import Foundation
public import IICCore
public import Manifest
public import Torch

/// The networks offered for images, by the names that manifests use.
public enum ImageEncoder: String, CaseIterable, Sendable {
  /// Four convolutions of 32 to 256 channels: made for minutes on a few cores.
  case compact
  /// The network of the paper's MNIST experiments: four 5x5 convolutions of 64 to 512 channels.
  case clusterNet6c = "ClusterNet6c"
  /// ResNet-34 on a small stem: the network of the paper's STL10 and CIFAR experiments.
  case clusterNet5g = "ClusterNet5g"
  case resNet18 = "ResNet18"
  case resNet34 = "ResNet34"
  case resNet50 = "ResNet50"

  /// The residual network that it is; nil for the others.
  private var residual: ResNet? {
    switch self {
    case .compact, .clusterNet6c: nil
    case .clusterNet5g: .clusterNet5g
    case .resNet18: .resNet18
    case .resNet34: .resNet34
    case .resNet50: .resNet50
    }
  }

  /// Whether it is made of stages, of which some may be left out.
  public var hasStages: Bool { residual != nil }

  /// Makes the network for views `[n, channels, size, size]`; of a residual one the first `stages` of its four stages.
  public func make(
    channels: Int, size: Int, stages: Int = 4, generator: RandomGenerator
  ) throws(TorchError) -> FeatureEncoder {
    switch self {
    case .compact: try ConvolutionStack.compact.encoder(channels: channels, size: size, generator: generator)
    case .clusterNet6c:
      try ConvolutionStack.clusterNet6c.encoder(channels: channels, size: size, generator: generator)
    case .clusterNet5g, .resNet18, .resNet34, .resNet50:
      try (residual ?? .resNet18).encoder(channels: channels, size: size, stages: stages, generator: generator)
    }
  }
}

/// The `encoder` section of a manifest about images.
public struct ImageEncoderConfiguration: Sendable, ManifestSection {
  /// The network.
  public let name: ImageEncoder
  /// A safetensors file with its initial weights; nil draws them.
  private let weights: String?
  /// How many of the network's stages there are.
  private let stages: Int

  public init(from section: SectionReader) throws(ManifestError) {
    name = try section("name", .choice, default: .compact, "the network")
    stages = try section(
      "stages", .integer(in: 1...4), default: 4,
      "stages of a residual network that are kept; with fewer than 4, features are the last one's map, flattened, rather "
        + "than its mean")
    try section.requires("stages", of: "name", name.hasStages, "on a network without stages")
    weights = try section(
      "weights", .path, default: nil,
      "safetensors file with the network's initial weights; if absent, they are drawn. A run needs it as long as it "
        + "begins initialisations, and keeps its SHA-256")
  }

  /// Makes the network for samples `[H, W, C]` shown by `views`. The weights of the manifest's file are named, not read.
  public func encoder(
    sampleShape: [Int], views: ImageViews, generator: RandomGenerator
  ) throws -> FeatureEncoder {
    guard let channels = sampleShape.last else {
      throw TorchError(operation: "encoder", message: "expected samples [H, W, C], found \(sampleShape)")
    }
    let input = views.input.channels(of: channels)
    var encoder = try name.make(channels: input, size: views.size, stages: stages, generator: generator)
    encoder.initialWeights = weights.map { Self.initialWeights(URL(filePath: $0)) }
    return encoder
  }

  /// A file of weights, of which what torchvision's hold beside the trunk is not read: the classifier, and a counter in each
  /// normalisation.
  static func initialWeights(_ url: URL) -> InitialWeights {
    InitialWeights(url) { $0.hasPrefix("fc.") || $0.hasSuffix("num_batches_tracked") }
  }
}
