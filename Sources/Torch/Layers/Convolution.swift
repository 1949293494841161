/// 2-D convolution with square kernels: `[n, inputChannels, H, W]` to `[n, outputChannels, H', W']`.
///
/// Weights start as Kaiming normal draws (He et al., 2015): mean 0, variance `2 / (channels k^2)`.
public final class Conv2d: Layer {
  /// Which channels the variance of the initial weights is divided by.
  public enum Fan: Sendable {
    /// The input's, which keeps the variance of values on their way forward.
    case input
    /// The output's, which keeps that of gradients on their way back: residual networks start so.
    case output
  }

  let weight: Tensor  // [out, in, k, k]
  let bias: Tensor?  // [out]
  let stride, padding, dilation: Int

  /// Makes a convolution; `bias` is left out by default because batch normalisation follows.
  public init(
    inputChannels: Int, outputChannels: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, bias: Bool = false, fan: Fan = .input, generator: RandomGenerator
  ) throws(TorchError) {
    let channels = fan == .input ? inputChannels : outputChannels
    let deviation = (2 / Double(channels * kernel * kernel)).squareRoot()
    let draws = try generator.normal([outputChannels, inputChannels, kernel, kernel])
    weight = try parameter((draws * deviation).channelsLast())
    self.bias = bias ? try parameter(.zeros([outputChannels])) : nil
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.conv2d(weight: weight, bias: bias, stride: stride, padding: padding, dilation: dilation)
  }

  public var state: [NamedTensor] {
    [NamedTensor(name: "weight", tensor: weight, isParameter: true)]
      + (bias.map { [NamedTensor(name: "bias", tensor: $0, isParameter: true)] } ?? [])
  }
}

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
