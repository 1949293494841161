/// `x W^T + b`: `[n, inputFeatures]` to `[n, outputFeatures]`, weights from N(0, 0.01^2), bias 0.
public final class Linear: Layer {
  /// The factors, `[outputFeatures, inputFeatures]`.
  public let weight: Tensor
  /// What is added, `[outputFeatures]`.
  public let bias: Tensor

  /// Makes a fully connected layer; `deviation` is the standard deviation of the initial weights.
  public init(
    inputFeatures: Int, outputFeatures: Int, deviation: Double = 0.01, generator: RandomGenerator
  ) throws(TorchError) {
    weight = try parameter(generator.normal([outputFeatures, inputFeatures]) * deviation)
    bias = try parameter(.zeros([outputFeatures]))
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.linear(weight: weight, bias: bias)
  }

  /// Draws the weights anew.
  public func reset(deviation: Double, generator: RandomGenerator) throws(TorchError) {
    try weight.assign(generator.normal(weight.shape) * deviation)
    try bias.assign(.zeros(bias.shape))
  }

  public var state: [NamedTensor] {
    [
      NamedTensor(name: "weight", tensor: weight, isParameter: true),
      NamedTensor(name: "bias", tensor: bias, isParameter: true),
    ]
  }
}
