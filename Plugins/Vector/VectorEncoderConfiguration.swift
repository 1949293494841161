import IICCore
import Manifest
import Torch

/// The `encoder` section of a manifest about vectors: `[n, D]` to features `[n, hidden]`.
struct VectorEncoderConfiguration: Sendable, ManifestSection {
  /// The networks offered.
  enum Name: String, CaseIterable, Sendable {
    /// One matrix: clusters are then bounded by planes.
    case linear
    /// Layers of a matrix and ReLU.
    case mlp
  }

  var name = Name.mlp
  var hidden = 256
  var layers = 2
  var batchNorm = true

  init() {}

  init(from section: SectionReader) throws(ManifestError) {
    name = try section("name", .choice, default: name, "the network: one matrix, or several with ReLU")
    hidden = try section("hidden", .integer(in: 1...65536), default: hidden, "features of a layer")
    layers = try section("layers", .integer(in: 1...64), default: layers, "layers of an mlp; linear has one")
    batchNorm = try section(
      "batchNorm", .boolean, default: batchNorm, "whether the features of a layer are normalised")
    try section.requires("layers", of: "name", name == .mlp, "with name: linear, which is one layer")
  }

  /// Makes the network for samples of `inputs` features.
  func make(inputs: Int, generator: RandomGenerator) throws(TorchError) -> FeatureEncoder {
    var stack: [any Layer] = []
    for layer in 0..<(name == .linear ? 1 : layers) {
      let width = layer == 0 ? inputs : hidden
      // He et al., 2015: keeps the variance of what passes through ReLU.
      let deviation = ((name == .mlp ? 2 : 1) / Double(width)).squareRoot()
      stack.append(
        try Linear(inputFeatures: width, outputFeatures: hidden, deviation: deviation, generator: generator))
      // On `[n, C]` the channels are the features.
      if batchNorm { stack.append(try BatchNorm2d(channels: hidden)) }
      if name == .mlp { stack.append(ReLU()) }
    }
    return FeatureEncoder(layer: Sequential(stack), featureCount: hidden)
  }
}
