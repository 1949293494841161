/// Moves and scales each feature to mean 0 and deviation 1 over the items `[n, F]`: batch normalisation (Ioffe and
/// Szegedy, 2015) without weights of its own.
///
/// Training uses the batch's statistics and moves the running ones by `momentum`. What the other modes use, `Mode` says.
public final class FeatureNormalisation: Layer {
  private let runningMean, runningVariance: Tensor  // [F]
  private let momentum, epsilon: Double

  /// Makes a normalisation of `features` features.
  public init(features: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws(TorchError) {
    (runningMean, runningVariance) = (try .zeros([features]), try .ones([features]))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ mode: Mode) throws(TorchError) -> Tensor {
    try input.batchNorm(
      runningMean: runningMean, runningVariance: runningVariance,
      training: mode != .evaluation, momentum: mode == .training ? momentum : 0, epsilon: epsilon)
  }

  public var state: [NamedTensor] {
    [
      NamedTensor(name: "running_mean", tensor: runningMean, isParameter: false),
      NamedTensor(name: "running_var", tensor: runningVariance, isParameter: false),
    ]
  }
}
