/// Normalisation of each vector by its own mean and variance (Ba, Kiros, Hinton, 2016): `[..., features]`.
public final class LayerNorm: Layer {
  let weight, bias: Tensor  // [F]
  let epsilon: Double

  /// Makes a normalisation that starts as the identity on normalised vectors.
  public init(features: Int, epsilon: Double = 1e-5) throws(TorchError) {
    weight = try parameter(.ones([features]))
    bias = try parameter(.zeros([features]))
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
  }

  public var state: [NamedTensor] {
    [
      NamedTensor(name: "weight", tensor: weight, isParameter: true),
      NamedTensor(name: "bias", tensor: bias, isParameter: true),
    ]
  }
}
