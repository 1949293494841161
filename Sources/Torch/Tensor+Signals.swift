import CTorch

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
