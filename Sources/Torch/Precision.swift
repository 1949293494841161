import CTorch

/// The precision in which networks run. Losses and statistics are float32 in both.
public enum Precision: String, CaseIterable, Sendable {
  /// Convolutions and matrix products in bfloat16, weights in float32.
  case bfloat16
  /// Everything in float32.
  case float32

  /// The one in which the device multiplies matrices faster, measured.
  ///
  /// A processor without instructions for bfloat16 need not be; on some that have them they are slower than those for
  /// float32, and so they are on old GPUs.
  public static func fastest(on device: Device) throws(TorchError) -> Precision {
    guard device != .cpu || ctorch_cpu_has_bfloat16() else { return .float32 }
    // A GPU is done with smaller ones before it is told of the next.
    let side = device == .cpu ? 1024 : 4096
    let products = try [bfloat16, float32].map { precision throws(TorchError) in
      try MatrixProduct(side: side, precision, on: device)
    }
    // In turn, so that other work on the machine slows both.
    var best = [Duration.seconds(1000), .seconds(1000)]
    for _ in 0..<8 {
      for (place, product) in products.enumerated() { best[place] = min(best[place], try product.duration()) }
    }
    return best[0] < best[1] ? .bfloat16 : .float32
  }

  /// Runs `body` on this thread under this precision (libtorch's autocast).
  public func autocast<Value>(
    on device: Device, _ body: () throws(TorchError) -> Value
  ) throws(TorchError) -> Value {
    guard self == .bfloat16 else { return try body() }
    var before = false
    try check("autocast") { ctorch_autocast_begin(device.cValue, CTORCH_BFLOAT16, &before) }
    let result = Result { () throws(TorchError) in try body() }
    try check("autocast") { ctorch_autocast_end(device.cValue, before) }
    return try result.get()
  }
}

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
