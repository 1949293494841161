import Torch

/// The mean over time of each channel at each band: `[n, C, bands, frames]` to `[n, C bands]`.
final class TimeAveragePool2d: Layer {
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let means = try input.mean([3])  // [n, C, bands]
    return try means.reshaped([means.shape[0], -1])
  }
}
