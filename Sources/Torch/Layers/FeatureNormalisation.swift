/// Moves and scales each feature to mean 0 and deviation 1 over the items `[n, F]`: batch normalisation (Ioffe and
/// Szegedy, 2015) without weights of its own.
///
/// Training uses the batch's statistics and moves the running ones by `momentum`. What the other modes use, `Pass` says.
public final class FeatureNormalisation: Layer {
  private let runningMean, runningVariance: Tensor  // [F]
  private let momentum, epsilon: Double

  /// Makes a normalisation of `features` features.
  public init(features: Int, momentum: Double = 0.1, epsilon: Double = 1e-5) throws(TorchError) {
    (runningMean, runningVariance) = (try .zeros([features]), try .ones([features]))
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    if pass.usesBatchStatistics, pass.processes.count > 1 {
      let shared = SharedNormalization(
        weight: nil, bias: nil, runningMean: runningMean, runningVariance: runningVariance, momentum: momentum,
        epsilon: epsilon)
      return try shared(input, pass)
    }
    return try input.batchNorm(
      runningMean: runningMean, runningVariance: runningVariance,
      training: pass.usesBatchStatistics, momentum: pass.movesStatistics ? momentum : 0, epsilon: epsilon)
  }

  public var state: [NamedTensor] {
    [
      NamedTensor(name: "running_mean", tensor: runningMean, isParameter: false),
      NamedTensor(name: "running_var", tensor: runningVariance, isParameter: false),
    ]
  }
}
