/// Batch normalisation of each channel over items, height and width (Ioffe and Szegedy, 2015).
///
/// Training uses the batch's statistics and moves the running ones by `momentum`; evaluation uses the
/// running ones.
public final class BatchNorm2d: Layer {
  let weight, bias: Tensor  // [C]
  let runningMean, runningVariance: Tensor  // [C]
  let momentum, epsilon: Double

  /// Makes a normalisation of `channels` channels that starts as the identity.
  public init(channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws(TorchError) {
    weight = try parameter(.ones([channels]))
    bias = try parameter(.zeros([channels]))
    runningMean = try .zeros([channels])
    runningVariance = try .ones([channels])
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ mode: Mode) throws(TorchError) -> Tensor {
    try input.batchNorm(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: mode == .training, momentum: momentum, epsilon: epsilon)
  }

  public var state: [NamedTensor] {
    [
      NamedTensor(name: "weight", tensor: weight, isParameter: true),
      NamedTensor(name: "bias", tensor: bias, isParameter: true),
      NamedTensor(name: "running_mean", tensor: runningMean, isParameter: false),
      NamedTensor(name: "running_var", tensor: runningVariance, isParameter: false),
    ]
  }
}
