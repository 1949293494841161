/// A vector for each token: ids `[n, L]` from 0 up to, not including, `count` to `[n, L, width]`.
///
/// Id 0 is padding: its vector is 0 and does not learn. The others start as draws from N(0, deviation^2).
public final class Embedding: Layer {
  let weight: Tensor  // [V, D]

  /// Makes a table of `count` vectors.
  public init(
    count: Int, width: Int, deviation: Double = 0.1, generator: RandomGenerator
  ) throws(TorchError) {
    weight = try parameter(table(count: count, width: width, deviation: deviation, generator))
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try weight.embedding(of: input, padding: 0)
  }

  public var state: [NamedTensor] { [NamedTensor(name: "weight", tensor: weight, isParameter: true)] }
}

/// The mean of the tokens' vectors: ids `[n, L]` to `[n, width]`, without the padding, id 0.
///
/// It is `Embedding` followed by a mean, but never keeps the vectors of all places.
public final class EmbeddingMean: Layer {
  let weight: Tensor  // [V, D]

  /// Makes a table of `count` vectors.
  public init(
    count: Int, width: Int, deviation: Double = 0.1, generator: RandomGenerator
  ) throws(TorchError) {
    weight = try parameter(table(count: count, width: width, deviation: deviation, generator))
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try weight.embeddingMean(of: input, padding: 0)
  }

  public var state: [NamedTensor] { [NamedTensor(name: "weight", tensor: weight, isParameter: true)] }
}

private func table(
  count: Int, width: Int, deviation: Double, _ generator: RandomGenerator
) throws(TorchError) -> Tensor {
  try .concatenated([.zeros([1, width]), generator.normal([count - 1, width]) * deviation])
}
