/// Batch normalisation of each channel over items, height and width (Ioffe and Szegedy, 2015).
///
/// Training uses the batch's statistics and moves the running ones by `momentum`. What the other modes use, `Pass` says.
public final class BatchNorm2d: Layer {
  /// What follows the normalisation.
  public enum Activation: Sendable {
    case none
    /// `max(x, 0)`, in the same trip through memory.
    case relu
  }

  let weight, bias: Tensor  // [C]
  let runningMean, runningVariance: Tensor  // [C]
  let momentum, epsilon: Double
  let activation: Activation

  /// Makes a normalisation of `channels` channels that starts as the identity.
  public init(
    channels: Int, momentum: Double = 0.1, epsilon: Double = 1e-5, activation: Activation = .none
  ) throws(TorchError) {
    weight = try parameter(.ones([channels]))
    bias = try parameter(.zeros([channels]))
    runningMean = try .zeros([channels])
    runningVariance = try .ones([channels])
    self.momentum = momentum
    self.epsilon = epsilon
    self.activation = activation
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    guard activation == .none else { return try self(input, pass, adding: nil) }
    try checkVariance(of: input, pass)
    if let shared = shared(pass) { return try shared(input, pass) }
    return try input.batchNorm(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: pass.usesBatchStatistics, momentum: pass.movesStatistics ? momentum : 0, epsilon: epsilon)
  }

  /// The normalised input, plus `carried` if there is one, then ReLU: the end of a residual block.
  public func callAsFunction(_ input: Tensor, _ pass: Pass, adding carried: Tensor?) throws(TorchError) -> Tensor {
    try checkVariance(of: input, pass)
    if let shared = shared(pass) {
      let normalised = try shared(input, pass)
      return try (carried.map { (carried) throws(TorchError) in try normalised + carried } ?? normalised).relu()
    }
    return try input.batchNormReLU(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: pass.usesBatchStatistics, momentum: pass.movesStatistics ? momentum : 0, epsilon: epsilon,
      carried: carried)
  }

  /// What normalises by the statistics of several processes; nil where this one is alone or they are not used.
  private func shared(_ pass: Pass) -> SharedNormalization? {
    guard pass.usesBatchStatistics, pass.processes.count > 1 else { return nil }
    return SharedNormalization(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance, momentum: momentum,
      epsilon: epsilon)
  }

  /// Throws where a channel has a single value: its variance is 0, and the running one would become infinite or no
  /// number.
  private func checkVariance(of input: Tensor, _ pass: Pass) throws(TorchError) {
    let channels = weight.count
    guard pass.usesBatchStatistics, pass.processes.count == 1, input.count <= channels else { return }
    throw TorchError(
      operation: "BatchNorm2d",
      message:
        "found an input of shape \(input.shape); expected two values or more for each of \(channels) channels, "
        + "since one has no variance to normalise by: a step, or an evaluation by batch statistics, needs more items"
    )
  }

  /// Becomes the identity that it began as.
  public func reset() throws(TorchError) {
    for (tensor, value) in [(weight, 1.0), (bias, 0), (runningMean, 0), (runningVariance, 1)] {
      try tensor.assign(.full(tensor.shape, value))
    }
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
