import IICCore
import Torch

/// A convolution along time, `[n, C, L]` or `[n, C, 1, L]` to `[n, C', 1, L']`: without padding, or of mirror images beyond
/// both ends, so that L stays.
final class Convolution: Layer {
  private let weight: Tensor  // [C', C, 1, kernel]
  private let stride, dilation, padding: Int

  init(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, dilation: Int = 1, isPadded: Bool = false,
    generator: RandomGenerator
  ) throws(TorchError) {
    let deviation = (2 / Double(inputs * kernel)).squareRoot()
    weight = try generator.normal([outputs, inputs, 1, kernel]) * deviation
    try weight.requireGradient()
    (self.stride, self.dilation) = (stride, dilation)
    padding = isPadded ? dilation * (kernel - 1) / 2 : 0
  }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    var series = try input.reshaped([input.shape[0], input.shape[1], 1, -1])
    let length = series.shape[3]
    if padding > 0 {
      let before = try series.sliced(0..<padding, along: 3).flipped(along: 3)
      let behind = try series.sliced((length - padding)..<length, along: 3).flipped(along: 3)
      series = try .concatenated([before, series, behind], along: 3)
    }
    return try series.conv2d(weight: weight, stride: stride, padding: 0, dilation: dilation)
  }

  var state: [NamedTensor] { [NamedTensor(name: "weight", tensor: weight, isParameter: true)] }
}

/// The mean of each block of moments: `[n, C, 1, L]` to `[n, C, 1, L / block]`.
final class BlockMean: Layer {
  private let block: Int

  init(_ block: Int) { self.block = block }

  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    let (n, channels, length) = (input.shape[0], input.shape[1], input.shape[3])
    return try input.reshaped([n, channels, length / block, block]).mean([3]).reshaped([
      n, channels, 1, length / block,
    ])
  }
}
