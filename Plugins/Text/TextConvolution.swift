import Torch

/// Convolutions along a text, each with batch normalisation and ReLU, then the largest value over all places,
/// normalised over the batch: ids `[n, L]` to `[n, hidden]`.
///
/// Places without a token are 0 before and after each convolution, so that features do not depend on the padding.
final class TextConvolution: Layer {
  private let embedding: Embedding
  private let blocks: [(convolution: Conv1d, norm: BatchNorm2d)]
  /// Maxima have most in common; without this the heads would hardly see what differs.
  private let featureNorm: BatchNorm2d

  init(
    ids: Int, width: Int, hidden: Int, layers: Int, kernel: Int, generator: RandomGenerator
  ) throws(TorchError) {
    embedding = try Embedding(count: ids, width: width, generator: generator)
    var blocks: [(convolution: Conv1d, norm: BatchNorm2d)] = []
    for layer in 0..<layers {
      blocks.append(
        (
          try Conv1d(
            inputChannels: layer == 0 ? width : hidden, outputChannels: hidden, kernel: kernel, padding: kernel / 2,
            generator: generator),
          try BatchNorm2d(channels: hidden, activation: .relu)
        ))
    }
    self.blocks = blocks
    featureNorm = try BatchNorm2d(channels: hidden)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let shape = input.shape
    let present = try presence(of: input).to(.float32).reshaped([shape[0], 1, -1])  // [n, 1, L]
    var output = try embedding(input, pass).permuted([0, 2, 1])  // [n, D, L]
    for (convolution, norm) in blocks {
      output = try norm(convolution(output, pass), pass) * present  // [n, hidden, L]
    }
    return try featureNorm(output.max([2]), pass)
  }

  var state: [NamedTensor] {
    embedding.state(under: "embedding")
      + blocks.enumerated().flatMap { place, block in
        block.convolution.state(under: "\(place).conv") + block.norm.state(under: "\(place).norm")
      } + featureNorm.state(under: "feature_norm")
  }
}
