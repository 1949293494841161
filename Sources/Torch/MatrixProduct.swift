/// A product of two square matrices, to see what a device can do.
public struct MatrixProduct {
  private let side: Int
  private let device: Device
  private let left, right: Tensor

  /// Makes two matrices `[side, side]` of a precision on a device.
  public init(side: Int, _ precision: Precision, on device: Device = .cpu) throws(TorchError) {
    self.side = side
    self.device = device
    let generator = try RandomGenerator(seed: 0)
    let type: DataType = precision == .bfloat16 ? .bfloat16 : .float32
    left = try generator.normal([side, side]).to(device).to(type)
    right = try generator.normal([side, side]).to(device).to(type)
  }

  /// The time that one product takes.
  public func duration() throws(TorchError) -> Duration {
    try device.synchronize()
    let start = ContinuousClock.now
    _ = try left.matmul(right)
    try device.synchronize()
    return ContinuousClock.now - start
  }

  /// The best rate of eight products, GFLOP/s.
  public func rate() throws(TorchError) -> Double {
    var best = Duration.seconds(1000)
    for _ in 0..<8 { best = min(best, try duration()) }
    return 2 * Double(side * side * side) / (best / .seconds(1)) / 1e9
  }
}
