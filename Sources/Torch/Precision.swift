import CTorch

/// The precision in which networks run. Losses and statistics are float32 in both.
public enum Precision: String, CaseIterable, Sendable {
  /// Convolutions and matrix products in bfloat16, weights in float32.
  case bfloat16
  /// Everything in float32.
  case float32

  /// The one in which the device multiplies matrices faster: bfloat16 on a GPU.
  ///
  /// A processor that has instructions for bfloat16 is measured, for on some they are slower than those for float32.
  public static func fastest(on device: Device) throws(TorchError) -> Precision {
    guard device == .cpu else { return .bfloat16 }
    guard ctorch_cpu_has_bfloat16() else { return .float32 }
    let rates = try [bfloat16, float32].map { precision throws(TorchError) in
      try precision.matrixProductRate(side: 1024)
    }
    return rates[0] > rates[1] ? .bfloat16 : .float32
  }

  /// The processor's rate at products of two square matrices of this precision, best of eight, GFLOP/s.
  public func matrixProductRate(side: Int) throws(TorchError) -> Double {
    let generator = try RandomGenerator(seed: 0)
    let type: DataType = self == .bfloat16 ? .bfloat16 : .float32
    let (left, right) = (try generator.normal([side, side]).to(type), try generator.normal([side, side]).to(type))
    var best = Duration.seconds(1000)
    for _ in 0..<8 {
      let start = ContinuousClock.now
      _ = try left.matmul(right)
      best = min(best, ContinuousClock.now - start)
    }
    return 2 * Double(side * side * side) / (best / .seconds(1)) / 1e9
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
