import CTorch

extension Tensor {
  /// Of this table `[V, D]` the rows at `indices` `[...]`: `[..., D]`. The row at `padding` gets no gradient.
  public func embedding(of indices: Tensor, padding: Int) throws(TorchError) -> Tensor {
    do {
      return try produce("embedding") { ctorch_embedding(handle, indices.handle, Int64(padding), $0) }
    } catch {
      throw indices.outside(shape.first ?? 0, error, "in a table of shape \(shape)")
    }
  }

  /// Of this table `[V, D]` the mean of the rows at each row of `indices` `[n, L]`: `[n, D]`.
  ///
  /// Indices that are `padding` are not counted; a row of nothing else gives zeros.
  public func embeddingMean(of indices: Tensor, padding: Int) throws(TorchError) -> Tensor {
    do {
      return try produce("embeddingMean") { ctorch_embedding_mean(handle, indices.handle, Int64(padding), $0) }
    } catch {
      throw indices.outside(shape.first ?? 0, error, "in a table of shape \(shape)")
    }
  }

  /// `(x - E[x]) / sqrt(Var[x] + epsilon) * weight + bias` over the last dimension (Ba, Kiros, Hinton, 2016).
  public func layerNorm(weight: Tensor, bias: Tensor, epsilon: Double) throws(TorchError) -> Tensor {
    try produce("layerNorm") { ctorch_layer_norm(handle, weight.handle, bias.handle, epsilon, $0) }
  }

  /// `softmax(Q K^T / sqrt(d)) V` (Vaswani et al., 2017), with Q, K and V `[n, h, L, d]`.
  ///
  /// `mask` is true where a key is seen and is broadcast to `[n, h, L, L]`; without it all are.
  public static func attention(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor? = nil
  ) throws(TorchError) -> Tensor {
    if let counter = OperationCount.current {
      counter.add(4 * queries.count * (keys.shape.dropLast().last ?? 0))
    }
    return try produce("attention") {
      ctorch_attention(queries.handle, keys.handle, values.handle, mask?.handle, $0)
    }
  }

  /// `x Phi(x)` with the normal distribution's Phi (Hendrycks, Gimpel, 2016).
  public func gelu() throws(TorchError) -> Tensor {
    try produce("gelu") { ctorch_gelu(handle, $0) }
  }

  /// 1-D convolution of x `[n, C, L]` with weight `[out, C, k]` at every `stride`-th place, zeros at `padding` places on
  /// either side.
  public func conv1d(
    weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0
  ) throws(TorchError) -> Tensor {
    let output = try produce("conv1d") {
      ctorch_conv1d(handle, weight.handle, bias?.handle, Int64(stride), Int64(padding), $0)
    }
    if let counter = OperationCount.current {
      counter.add(2 * output.count * weight.count / Swift.max(weight.shape.first ?? 1, 1))
    }
    return output
  }

  /// The largest element of each window of `kernel` places of `[n, C, L]`, every `stride`.
  public func maxPool1d(kernel: Int, stride: Int, padding: Int = 0) throws(TorchError) -> Tensor {
    try produce("maxPool1d") { ctorch_pool1d(handle, false, Int64(kernel), Int64(stride), Int64(padding), $0) }
  }

  /// The mean of each window of `kernel` places of `[n, C, L]`, every `stride`; what is padded does not count.
  public func averagePool1d(kernel: Int, stride: Int, padding: Int = 0) throws(TorchError) -> Tensor {
    try produce("averagePool1d") { ctorch_pool1d(handle, true, Int64(kernel), Int64(stride), Int64(padding), $0) }
  }
}

extension Tensor {
  /// Of each row of `[n, L]` the `count` elements from its start on, `[n, count]`.
  ///
  /// `starts` and `lengths` are int64 `[n]`. Of a row only its length, 1 to L, counts: what a window reaches for behind
  /// it is the row from its beginning, again and again.
  public func wrappedWindows(from starts: Tensor, lengths: Tensor, count: Int) throws(TorchError) -> Tensor {
    try produce("wrappedWindows") {
      ctorch_wrapped_windows(handle, starts.handle, lengths.handle, Int64(count), $0)
    }
  }

  /// The squared magnitudes of the short-time Fourier transform of signals `[n, L]`: `[n, W / 2 + 1, 1 + L / hop]`.
  ///
  /// The window `[W]` is centred on multiples of `hop`; signals are continued by their reflection at both ends. Throws
  /// unless L is above W / 2.
  public func powerSpectrogram(window: Tensor, hop: Int) throws(TorchError) -> Tensor {
    try produce("powerSpectrogram") { ctorch_power_spectrogram(handle, window.handle, Int64(hop), $0) }
  }
}
