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
