/// 1-D convolution: `[n, inputChannels, L]` to `[n, outputChannels, L']`, without bias, where L' is
/// `(L + 2 padding - kernel) / stride + 1`, rounded down.
///
/// Weights start as Kaiming normal draws (He et al., 2015): mean 0, variance `2 / (inputChannels k)`.
public final class Conv1d: Layer {
  let weight: Tensor  // [out, in, k]
  let stride, padding: Int

  /// Makes a convolution; there is no bias because batch normalisation follows.
  public init(
    inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    generator: RandomGenerator
  ) throws(TorchError) {
    let deviation = (2 / Double(inputChannels * kernel)).squareRoot()
    weight = try parameter(generator.normal([outputChannels, inputChannels, kernel]) * deviation)
    self.stride = stride
    self.padding = padding
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.conv1d(weight: weight, stride: stride, padding: padding)
  }

  public var state: [NamedTensor] { [NamedTensor(name: "weight", tensor: weight, isParameter: true)] }
}
