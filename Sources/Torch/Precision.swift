import CTorch

/// The precision in which networks run. Losses and statistics are float32 in both.
public enum Precision: String, CaseIterable, Sendable {
  /// Convolutions and matrix products in bfloat16, weights in float32.
  case bfloat16
  /// Everything in float32.
  case float32

  /// bfloat16 where the processor has instructions for it, float32 elsewhere.
  public static func best(on device: Device) -> Precision {
    device != .cpu || ctorch_cpu_has_bfloat16() ? .bfloat16 : .float32
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
