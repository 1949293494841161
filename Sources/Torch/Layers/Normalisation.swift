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

/// Batch normalisation by the statistics of a batch whose items are divided over several processes.
///
/// Mean and variance come from sums over all processes' items, so that they, and the gradients through them, are those of
/// one process with all items. Libtorch has this for GPUs only, within its own data-parallel module.
struct SharedNormalization {
  /// The factors and what is added, `[C]`; nil leaves them out.
  let weight, bias: Tensor?
  let runningMean, runningVariance: Tensor  // [C]
  let momentum, epsilon: Double

  /// Normalises each channel of `[n, C, ...]` over all other dimensions and all processes.
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let values = try input.to(.float32)
    let axes = [0] + Array(2..<max(2, input.shape.count))
    // As a row of channels that spreads over the input.
    let row = [1, runningMean.count] + input.shape.dropFirst(2).map { _ in 1 }
    let count = try pass.processes.sum(
      Tensor([Float(input.count / max(1, runningMean.count))], shape: [1]).to(input.device))
    let mean = try pass.processes.sum(values.sum(axes)) / count  // [C]
    let centred = try values - mean.reshaped(row)
    let variance = try pass.processes.sum((centred * centred).sum(axes)) / count  // [C]
    if pass.movesStatistics {
      // As libtorch has it: the running variance is the unbiased one.
      let unbiased = try variance.detached() * (count / (count - 1))
      try runningMean.assign(runningMean * (1 - momentum) + mean.detached() * momentum)
      try runningVariance.assign(runningVariance * (1 - momentum) + unbiased * momentum)
    }
    var output = try centred / (variance + epsilon).sqrt().reshaped(row)
    if let weight { output = try output * weight.reshaped(row) }
    if let bias { output = try output + bias.reshaped(row) }
    return try output.to(input.dtype)
  }
}

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
