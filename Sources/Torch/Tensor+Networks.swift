import CTorch

extension Tensor {
  /// The matrix product; leading dimensions are batches.
  public func matmul(_ other: Tensor) throws(TorchError) -> Tensor {
    try produce("matmul") { ctorch_matmul(handle, other.handle, $0) }
  }

  /// `x W^T + b`: x `[..., in]`, weight `[out, in]`, bias `[out]`.
  public func linear(weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
    OperationCount.current?.add(2 * count * (weight.shape.first ?? 0))
    return try produce("linear") { ctorch_linear(handle, weight.handle, bias?.handle, $0) }
  }

  /// 2-D convolution of x `[n, C, H, W]` with weight `[out, C, k, k]`.
  public func conv2d(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1
  ) throws(TorchError) -> Tensor {
    let output = try produce("conv2d") {
      ctorch_conv2d(
        handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), Int64(dilation), $0)
    }
    if let counter = OperationCount.current {
      counter.add(2 * output.count * weight.count / Swift.max(weight.shape.first ?? 1, 1))
    }
    return output
  }

  /// Batch normalisation over all but the channel dimension. In training the running statistics are updated
  /// in place with `momentum`; otherwise they are used. Without `weight` and `bias` they are 1 and 0.
  public func batchNorm(
    weight: Tensor? = nil, bias: Tensor? = nil, runningMean: Tensor, runningVariance: Tensor, training: Bool,
    momentum: Double, epsilon: Double
  ) throws(TorchError) -> Tensor {
    try produce("batchNorm") {
      ctorch_batch_norm(
        handle, weight?.handle, bias?.handle, runningMean.handle, runningVariance.handle, training,
        momentum, epsilon, $0)
    }
  }

  /// `max(batchNorm + carried, 0)`, in one trip through memory each way where the values are float32 or bfloat16, on
  /// the processor, `[n, C]` or `[n, C, H, W]` with the channels last.
  public func batchNormReLU(
    weight: Tensor, bias: Tensor, runningMean: Tensor, runningVariance: Tensor, training: Bool,
    momentum: Double, epsilon: Double, carried: Tensor? = nil
  ) throws(TorchError) -> Tensor {
    try produce("batchNormReLU") {
      ctorch_batch_norm_relu(
        handle, weight.handle, bias.handle, runningMean.handle, runningVariance.handle, training,
        momentum, epsilon, carried?.handle, $0)
    }
  }

  /// The largest element of each `kernel` x `kernel` window.
  public func maxPool2d(kernel: Int, stride: Int, padding: Int = 0) throws(TorchError) -> Tensor {
    try produce("maxPool2d") {
      ctorch_max_pool2d(handle, Int64(kernel), Int64(stride), Int64(padding), $0)
    }
  }

  /// The mean over height and width: `[n, C, H, W]` to `[n, C]`.
  public func globalAveragePool2d() throws(TorchError) -> Tensor {
    try produce("globalAveragePool2d") { ctorch_global_average_pool2d(handle, $0) }
  }

  /// Samples x `[n, C, H, W]` bilinearly where the affine maps theta `[n, 2, 3]` send the points of a
  /// `height` x `width` grid. Coordinates run from -1 to 1 over the image; outside it values are 0.
  public func affineSampled(by theta: Tensor, height: Int, width: Int) throws(TorchError) -> Tensor {
    try produce("affineSampled") {
      ctorch_affine_sample(handle, theta.handle, Int64(height), Int64(width), $0)
    }
  }
}
