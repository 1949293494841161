import CTorch

extension Tensor {
  /// The type of the elements.
  public var dtype: DataType {
    get throws(TorchError) {
      var value = CTORCH_FLOAT32
      try check("dtype") { ctorch_dtype_of(handle, &value) }
      return switch value {
      case CTORCH_UINT8: .uint8
      case CTORCH_INT16: .int16
      case CTORCH_INT32: .int32
      case CTORCH_INT64: .int64
      case CTORCH_FLOAT64: .float64
      case CTORCH_BFLOAT16: .bfloat16
      case CTORCH_BOOL: .bool
      default: .float32
      }
    }
  }

  /// The one element of a tensor that has one. Throws if there are more.
  public func item() throws(TorchError) -> Double {
    var value = 0.0
    try check("item") { ctorch_item(handle, &value) }
    return value
  }

  /// The elements as float32, in row-major order.
  public func floats() throws(TorchError) -> [Float] { try elements(.float32, zero: 0) }

  /// The elements as float64, in row-major order.
  public func doubles() throws(TorchError) -> [Double] { try elements(.float64, zero: 0) }

  /// The elements as integers, in row-major order.
  public func integers() throws(TorchError) -> [Int] { try elements(.int64, zero: Int64(0)).map(Int.init) }

  /// Copies the elements to bytes, in row-major order.
  func bytes() throws(TorchError) -> [UInt8] { try elements(.uint8, zero: 0) }

  /// The bytes of the elements as float32, in row-major order and this machine's byte order.
  public func float32Bytes() throws(TorchError) -> [UInt8] {
    let plain = try to(.float32)
    var bytes = [UInt8](repeating: 0, count: 4 * count)
    try check("copy") {
      bytes.withUnsafeMutableBytes { ctorch_copy_bytes(plain.handle, $0.baseAddress, $0.count) }
    }
    return bytes
  }

  private func elements<Element: BitwiseCopyable>(
    _ dtype: DataType, zero: Element
  ) throws(TorchError) -> [Element] {
    let plain = try to(dtype)
    var values = [Element](repeating: zero, count: count)
    try check("copy") {
      values.withUnsafeMutableBytes { ctorch_copy_bytes(plain.handle, $0.baseAddress, $0.count) }
    }
    return values
  }

  /// The same values as another type, on the same device.
  public func to(_ dtype: DataType) throws(TorchError) -> Tensor {
    try produce("to") { ctorch_to(handle, dtype.cValue, device.cValue, $0) }
  }

  /// The same values on another device. To a CUDA device they are on their way; what is asked of it next waits for them.
  public func to(_ device: Device) throws(TorchError) -> Tensor {
    let dtype = try self.dtype
    return try produce("to") { ctorch_to(handle, dtype.cValue, device.cValue, $0) }
  }

  /// Moves a parameter, or another tensor that was not computed from parameters, in place: whoever holds it has it on the
  /// device. Its gradient stays behind, and so does what an optimiser keeps for it: make that afterwards.
  public func move(to device: Device) throws(TorchError) {
    try check("move") { ctorch_move(handle, device.cValue) }
  }

  /// The same values, contiguous in row-major order.
  public func contiguous() throws(TorchError) -> Tensor {
    try produce("contiguous") { ctorch_contiguous(handle, false, $0) }
  }

  /// The same values of a 4-dimensional tensor, laid out as `[n, H, W, C]` in memory.
  public func channelsLast() throws(TorchError) -> Tensor {
    try produce("channelsLast") { ctorch_contiguous(handle, true, $0) }
  }

  /// Overwrites the elements in place. Throws if the shapes differ.
  public func assign(_ source: Tensor) throws(TorchError) {
    try check("assign") { ctorch_assign(handle, source.handle) }
  }
}

/// Tensors on their way to the CPU.
///
/// The copies are asked for at once and hold the values of that moment. Only who takes them waits, so that a device can
/// go on with the next work meanwhile. On the CPU they are the tensors themselves.
public final class Readback {
  private let handles: [OpaquePointer]

  /// Begins to copy.
  public init(_ tensors: [Tensor]) throws(TorchError) {
    var handles: [OpaquePointer] = []
    do throws(TorchError) {
      for tensor in tensors {
        var handle: OpaquePointer?
        try check("readback") { ctorch_readback_begin(tensor.handle, &handle) }
        guard let handle else { throw TorchError(operation: "readback", message: "no result was returned") }
        handles.append(handle)
      }
    } catch {
      for handle in handles { ctorch_readback_free(handle) }
      throw error
    }
    self.handles = handles
  }

  deinit { for handle in handles { ctorch_readback_free(handle) } }

  /// The copies on the CPU, in the order of the tensors, without gradient history. Waits until all are there.
  public func tensors() throws(TorchError) -> [Tensor] {
    try handles.map { handle throws(TorchError) in try produce("readback") { ctorch_readback_finish(handle, $0) } }
  }
}
