import CTorch

/// Where tensors are kept and computed.
public enum Device: Sendable, Hashable, CustomStringConvertible {
  case cpu
  /// A CUDA device, counted from 0.
  case cuda(Int)

  init(cValue: ctorch_device) { self = cValue < 0 ? .cpu : .cuda(Int(cValue)) }

  var cValue: ctorch_device {
    switch self {
    case .cpu: -1
    case .cuda(let index): ctorch_device(index)
    }
  }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  /// Loads what the device needs. Throws if the machine or this libtorch does not have it.
  public func prepare() throws(TorchError) {
    guard case .cuda(let index) = self else { return }
    var count: Int32 = 0
    try check("device") { ctorch_load_cuda(&count) }
    guard index < Int(count) else {
      throw TorchError(operation: "device", message: "cuda:\(index) was asked for, \(count) devices were found")
    }
  }
}

/// What libtorch keeps for the whole process.
public enum Runtime {
  /// The version of libtorch.
  public static var version: String { String(cString: ctorch_version()) }

  /// The number of threads one operation may use.
  public static var threads: Int { Int(ctorch_threads()) }

  /// Sets up the allocator, the number of threads, and how this thread and those that compute for it treat numbers below
  /// the least normal one: as 0. Call it before the first tensor is made.
  public static func prepare(threads: Int? = nil) throws(TorchError) {
    try check("initialize") { ctorch_initialize(Int32(clamping: threads ?? 0)) }
  }
}
