/// `max(x, 0)`.
public final class ReLU: Layer {
  /// Makes the layer.
  public init() {}

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor { try input.relu() }
}

/// The largest element of each window: `[n, C, H, W]` to `[n, C, H', W']`.
public final class MaxPool2d: Layer {
  let kernel, stride, padding: Int

  /// Makes a pooling; the stride equals the kernel unless given.
  public init(kernel: Int, stride: Int? = nil, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.maxPool2d(kernel: kernel, stride: stride, padding: padding)
  }
}

/// The largest element of each window along time: `[n, C, L]` to `[n, C, L']`.
public final class MaxPool1d: Layer {
  let kernel, stride, padding: Int

  /// Makes a pooling; the stride equals the kernel unless given.
  public init(kernel: Int, stride: Int? = nil, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.maxPool1d(kernel: kernel, stride: stride, padding: padding)
  }
}

/// The mean over time: `[n, C, L]` to `[n, C]`.
public final class GlobalAveragePool1d: Layer {
  /// Makes the layer.
  public init() {}

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor { try input.mean([2]) }
}

/// The mean over height and width: `[n, C, H, W]` to `[n, C]`.
public final class GlobalAveragePool2d: Layer {
  /// Makes the layer.
  public init() {}

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.globalAveragePool2d()
  }
}

/// All dimensions but the first made one: `[n, C, H, W]` to `[n, C H W]`.
public final class Flatten: Layer {
  /// Makes the layer.
  public init() {}

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.reshaped([input.shape.first ?? 0, -1])
  }
}

/// The outermost values repeated around each map: `[n, C, H, W]` to `[n, C, H + 2 width, W + 2 width]`.
public final class ReplicationPad2d: Layer {
  private let width: Int

  /// Pads every side by `width`.
  public init(_ width: Int) { self.width = width }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.replicationPadded(width)
  }
}

/// A ring of zeros around each map: `[n, C, H, W]` to `[n, C, H + 2 width, W + 2 width]`.
public final class ZeroPad2d: Layer {
  let width: Int

  /// Makes a ring of so many places.
  public init(_ width: Int) { self.width = width }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try input.zeroPadded(width)
  }
}
