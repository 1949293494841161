import Torch

/// A transformer encoder (Vaswani et al., 2017) with normalisation before each part (Xiong et al., 2020), learned
/// positions, and the mean over all tokens, normalised over the batch: ids `[n, L]` to `[n, width]`. Padding is not
/// attended to and not averaged.
final class Transformer: Layer {
  private let embedding: Embedding
  private let positions: Tensor  // [L, D]
  private let blocks: [TransformerBlock]
  private let norm: LayerNorm
  /// Means of many tokens have most in common; without this the heads would hardly see what differs.
  private let featureNorm: BatchNorm2d

  init(
    ids: Int, length: Int, width: Int, layers: Int, heads: Int, generator: RandomGenerator
  ) throws(TorchError) {
    embedding = try Embedding(count: ids, width: width, generator: generator)
    positions = try generator.normal([length, width]) * 0.02
    try positions.requireGradient()
    var blocks: [TransformerBlock] = []
    for _ in 0..<layers { blocks.append(try TransformerBlock(width: width, heads: heads, generator: generator)) }
    self.blocks = blocks
    norm = try LayerNorm(features: width)
    featureNorm = try BatchNorm2d(channels: width)
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let shape = input.shape  // [n, L]
    let present = try presence(of: input)
    var output = try embedding(input, pass) + positions  // [n, L, D]
    for block in blocks { output = try block(output, seeing: present, pass) }
    let weights = try present.to(.float32).reshaped(shape + [1])
    let count = try weights.sum([1]).clamped(min: 1)  // [n, 1]
    return try featureNorm((norm(output, pass).to(.float32) * weights).sum([1]) / count, pass)
  }

  var state: [NamedTensor] {
    embedding.state(under: "embedding") + [NamedTensor(name: "positions", tensor: positions, isParameter: true)]
      + blocks.enumerated().flatMap { $0.element.state(under: "blocks.\($0.offset)") } + norm.state(under: "norm")
      + featureNorm.state(under: "feature_norm")
  }
}

/// Attention among the tokens of a text, then two fully connected layers for each token; both are added to what
/// came in.
final class TransformerBlock {
  private let heads: Int
  private let attentionNorm, outputNorm: LayerNorm
  private let projection, merge, expand, contract: Linear

  init(width: Int, heads: Int, generator: RandomGenerator) throws(TorchError) {
    self.heads = heads
    func linear(_ inputs: Int, _ outputs: Int) throws(TorchError) -> Linear {
      // Glorot and Bengio, 2010: keeps the variance of what passes forward and backward.
      try Linear(
        inputFeatures: inputs, outputFeatures: outputs, deviation: (2 / Double(inputs + outputs)).squareRoot(),
        generator: generator)
    }
    attentionNorm = try LayerNorm(features: width)
    projection = try linear(width, 3 * width)
    merge = try linear(width, width)
    outputNorm = try LayerNorm(features: width)
    expand = try linear(width, 4 * width)
    contract = try linear(4 * width, width)
  }

  /// Texts `[n, L, D]` to the same shape; `present` `[n, L]` is true for the tokens that are attended to.
  func callAsFunction(_ input: Tensor, seeing present: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let shape = input.shape
    let (n, length, width) = (shape[0], shape[1], shape[2])
    let parts = try projection(attentionNorm(input, pass), pass)
      .reshaped([n, length, 3, heads, width / heads]).permuted([2, 0, 3, 1, 4])  // [3, n, h, L, d]
    var sides: [Tensor] = []
    for part in 0..<3 { sides.append(try parts.sliced(part..<(part + 1)).reshaped([n, heads, length, -1])) }
    let attended = try Tensor.attention(
      queries: sides[0], keys: sides[1], values: sides[2], mask: present.reshaped([n, 1, 1, length]))
    let carried = try input + merge(attended.permuted([0, 2, 1, 3]).reshaped([n, length, width]), pass)
    return try carried + contract(expand(outputNorm(carried, pass), pass).gelu(), pass)
  }

  func state(under prefix: String) -> [NamedTensor] {
    attentionNorm.state(under: prefix + ".attention_norm") + projection.state(under: prefix + ".projection")
      + merge.state(under: prefix + ".merge") + outputNorm.state(under: prefix + ".output_norm")
      + expand.state(under: prefix + ".expand") + contract.state(under: prefix + ".contract")
  }
}
