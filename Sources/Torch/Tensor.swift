import CTorch

/// The type of a tensor's elements.
public enum DataType: Sendable {
  case uint8, int16, int32, int64, float32, float64, bfloat16, bool

  var cValue: ctorch_dtype {
    switch self {
    case .uint8: CTORCH_UINT8
    case .int16: CTORCH_INT16
    case .int32: CTORCH_INT32
    case .int64: CTORCH_INT64
    case .float32: CTORCH_FLOAT32
    case .float64: CTORCH_FLOAT64
    case .bfloat16: CTORCH_BFLOAT16
    case .bool: CTORCH_BOOL
    }
  }
}

/// An n-dimensional array of libtorch's, with its gradient history.
///
/// A tensor owns one handle, freed with the object. Operations return new tensors; the few that write in
/// place say so. Shapes are given as `[n, C, H, W]`: items, channels, height, width.
public final class Tensor {
  let handle: OpaquePointer

  init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { ctorch_free(handle) }

  /// The size of each dimension.
  public var shape: [Int] {
    (0..<ctorch_rank(handle)).map { Int(ctorch_size(handle, $0)) }
  }

  /// The number of elements.
  public var count: Int { Int(ctorch_count(handle)) }

  /// Where the elements are kept.
  public var device: Device { Device(cValue: ctorch_device_of(handle)) }

  /// True if a 4-dimensional tensor is laid out as `[n, H, W, C]` in memory.
  public var isChannelsLast: Bool { ctorch_is_channels_last(handle) }
}

extension Tensor {
  /// Copies values of `shape` in row-major order. Throws if the count does not fit.
  public convenience init(_ values: [Float], shape: [Int]) throws(TorchError) {
    try self.init(copying: values, shape: shape, dtype: .float32)
  }

  /// Copies double-precision values of `shape` in row-major order. Throws if the count does not fit.
  public convenience init(_ values: [Double], shape: [Int]) throws(TorchError) {
    try self.init(copying: values, shape: shape, dtype: .float64)
  }

  /// Copies 64-bit integers into a tensor of one dimension.
  public convenience init(_ values: [Int]) throws(TorchError) {
    try self.init(copying: values.map(Int64.init), shape: [values.count], dtype: .int64)
  }

  /// Copies bytes that hold elements of `dtype` in row-major order. Throws if their count does not fit.
  public convenience init(bytes: UnsafeRawBufferPointer, shape: [Int], dtype: DataType) throws(TorchError) {
    var handle: OpaquePointer?
    let sizes = shape.map(Int64.init)
    try check("tensor") {
      ctorch_from_bytes(bytes.baseAddress, bytes.count, sizes, sizes.count, dtype.cValue, &handle)
    }
    guard let handle else { throw TorchError(operation: "tensor", message: "no result was returned") }
    self.init(owning: handle)
  }

  private convenience init<Element: BitwiseCopyable>(
    copying values: [Element], shape: [Int], dtype: DataType
  ) throws(TorchError) {
    let result = values.withUnsafeBytes { bytes in
      Result { () throws(TorchError) in try Tensor(bytes: bytes, shape: shape, dtype: dtype) }
    }
    self.init(owning: try result.get().released())
  }

  /// A second owner of the same storage, for initialisers that delegate and for callers in C.
  func released() throws(TorchError) -> OpaquePointer {
    var copy: OpaquePointer?
    try check("tensor") { ctorch_detach(handle, &copy) }
    guard let copy else { throw TorchError(operation: "tensor", message: "no result was returned") }
    return copy
  }

  /// A tensor of `shape` filled with `value`.
  public static func full(
    _ shape: [Int], _ value: Double, dtype: DataType = .float32, device: Device = .cpu
  ) throws(TorchError) -> Tensor {
    let sizes = shape.map(Int64.init)
    return try produce("full") {
      ctorch_full(sizes, sizes.count, value, dtype.cValue, device.cValue, $0)
    }
  }

  /// A float32 tensor of zeros.
  public static func zeros(_ shape: [Int]) throws(TorchError) -> Tensor { try full(shape, 0) }

  /// Ones at the places of equal row and column, zeros elsewhere: `[n, n]`. Its rows are the one-hot vectors of n classes.
  public static func identity(_ n: Int, dtype: DataType = .float32) throws(TorchError) -> Tensor {
    try Tensor((0..<(n * n)).map { $0 % (n + 1) == 0 ? Float(1) : 0 }, shape: [n, n]).to(dtype)
  }

  /// A float32 tensor of ones.
  public static func ones(_ shape: [Int]) throws(TorchError) -> Tensor { try full(shape, 1) }
}
