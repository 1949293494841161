import IICCore
import Manifest
import Torch

/// The `encoder` section of a manifest about texts: token ids `[n, L]` to features `[n, F]`.
struct TextEncoderConfiguration: Sendable, ManifestSection {
  /// The networks offered.
  enum Name: String, CaseIterable, Sendable {
    /// The mean of the tokens' vectors, then fully connected layers: the order of tokens does not count.
    case bag
    /// Convolutions along the text, then the maximum over all places.
    case convolution
    /// Attention among all tokens, then the mean over all places.
    case transformer
  }

  let name: Name
  /// D, the size of a token's vector.
  let width: Int
  /// F, for bag and convolution; a transformer's features have the size of a token's vector.
  let hidden: Int
  let layers: Int
  let kernel: Int
  let attentionHeads: Int

  init(from section: SectionReader) throws(ManifestError) {
    name = try section("name", .choice, default: .bag, "the network")
    width = try section("width", .integer(in: 1...4096), default: 64, "size of a token's vector")
    hidden =
      name == .transformer
      ? 0 : try section("hidden", .integer(in: 1...16_384), default: 128, "features of a layer")
    layers =
      try section(
        "layers", .integer(in: 1...32), default: nil,
        "layers behind the tokens' vectors; if absent, 1 for a bag, which has little to tell in more, else 2")
      ?? (name == .bag ? 1 : 2)
    kernel =
      name != .convolution
      ? 1 : try section("kernel", .integer(in: 1...31), default: 5, "tokens that a convolution sees")
    attentionHeads =
      name != .transformer ? 1 : try section("heads", .integer(in: 1...64), default: 4, "heads of an attention")
    try section.check(
      width % attentionHeads == 0, "width",
      "found \(width); expected a multiple of heads, which is \(attentionHeads)")
    try section.check(kernel % 2 == 1, "kernel", "found \(kernel); expected an odd number")
  }

  /// Makes the network for `length` ids out of `ids`.
  func make(ids: Int, length: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    switch name {
    case .bag:
      FeatureEncoder(layer: try bag(ids: ids, generator: generator), featureCount: hidden)
    case .convolution:
      FeatureEncoder(
        layer: try TextConvolution(
          ids: ids, width: width, hidden: hidden, layers: layers, kernel: kernel, generator: generator),
        featureCount: hidden)
    case .transformer:
      FeatureEncoder(
        layer: try Transformer(
          ids: ids, length: length, width: width, layers: layers, heads: attentionHeads, generator: generator),
        featureCount: width)
    }
  }

  private func bag(ids: Int, generator: RandomGenerator) throws(TorchError) -> Sequential {
    // On `[n, C]` the channels that are normalised are the features.
    var stack: [any Layer] = [
      try EmbeddingMean(count: ids, width: width, generator: generator), try BatchNorm2d(channels: width),
    ]
    for layer in 0..<layers {
      let inputs = layer == 0 ? width : hidden
      // He et al., 2015: keeps the variance of what passes through ReLU.
      let deviation = (2 / Double(inputs)).squareRoot()
      stack.append(
        try Linear(inputFeatures: inputs, outputFeatures: hidden, deviation: deviation, generator: generator))
      stack.append(try BatchNorm2d(channels: hidden))
      stack.append(ReLU())
    }
    return Sequential(stack)
  }
}
