import CTorch

extension Tensor {
  /// Enlarges, or reduces, maps `[n, C, H, W]` bilinearly to `[n, C, height, width]`, as libtorch does with
  /// `align_corners` false.
  public func resizedBilinearly(height: Int, width: Int) throws(TorchError) -> Tensor {
    try produce("resizedBilinearly") { ctorch_resize_bilinear(handle, Int64(height), Int64(width), $0) }
  }

  /// Maps `[n, C, H, W]` with a ring of zeros around each: `[n, C, H + 2 width, W + 2 width]`.
  public func zeroPadded(_ width: Int) throws(TorchError) -> Tensor {
    try produce("zeroPadded") { ctorch_zero_pad(handle, Int64(width), $0) }
  }

  /// Maps `[n, C, H, W]` with their outermost values repeated around each: `[n, C, H + 2 width, W + 2 width]`.
  public func replicationPadded(_ width: Int) throws(TorchError) -> Tensor {
    try produce("replicationPadded") { ctorch_replicate_pad(handle, Int64(width), $0) }
  }

  /// The joint of two maps x, y `[n, S, K, H, W]` over all displacements t of a box,
  ///
  ///     P_t[a, b] = sum over n, u of x_a(n, u + t) y_b(n, u)        [S, 2 rows + 1, 2 columns + 1, K, K]
  ///
  /// where what lies outside a map is 0. Its gradient keeps the two maps and nothing else. It is computed in float64 by
  /// Fourier transforms, on the CPU whatever the device, and is given so; what is below the rounding of the largest possible
  /// sum is 0.
  ///
  /// - Parameters:
  ///   - rows: the largest displacement in height; below the maps' height.
  ///   - columns: the largest displacement in width; below the maps' width.
  public static func displacedJoint(
    _ x: Tensor, _ y: Tensor, rows: Int, columns: Int
  ) throws(TorchError) -> Tensor {
    try produce("displacedJoint") { ctorch_displaced_joint(x.handle, y.handle, Int64(rows), Int64(columns), $0) }
  }
}
