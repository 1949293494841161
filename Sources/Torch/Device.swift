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

  /// The device of a name: `cpu`, `cuda`, which is the first CUDA device, or `cuda:1`. Nil for any other text.
  public init?(_ name: String) {
    switch name {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      let parts = name.split(separator: ":", omittingEmptySubsequences: false)
      // libtorch counts devices in a byte.
      guard parts.count == 2, parts[0] == "cuda", let index = Int(parts[1]), (0...127).contains(index),
        String(index) == parts[1]
      else { return nil }
      self = .cuda(index)
    }
  }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  /// Loads what the device needs: for the CPU nothing. Call it before the first gradient is computed, for libtorch then
  /// decides which devices it has.
  ///
  /// - Throws: if the machine or this libtorch does not have it; the message says what was found and what is allowed.
  public func prepare() throws(TorchError) {
    guard case .cuda(let index) = self else { return }
    let count: Int
    do throws(TorchError) {
      count = try Self.loadCUDA()
    } catch {
      throw TorchError(operation: "device", message: "found \"\(self)\"; expected cpu: \(error.message)")
    }
    guard index < count else {
      let last = count - 1
      let others = last == 0 ? "cuda:0" : "cuda:0 to cuda:\(last)"
      throw TorchError(
        operation: "device",
        message:
          "found \"\(self)\"; expected cpu or \(others): \(count) CUDA device\(count == 1 ? " is" : "s are") here")
    }
  }

  /// Whether tensors can be kept on it, here and by this libtorch.
  public var isAvailable: Bool { (try? prepare()) != nil }

  /// The number of CUDA devices that can be used; 0 where CUDA cannot be loaded.
  public static var cudaCount: Int { (try? loadCUDA()) ?? 0 }

  private static func loadCUDA() throws(TorchError) -> Int {
    var count: Int32 = 0
    try check("device") { ctorch_load_cuda(&count) }
    return Int(count)
  }

  /// Waits until all that was asked of it is done; the CPU is never late.
  public func synchronize() throws(TorchError) { try check("synchronize") { ctorch_synchronize(cValue) } }

  /// The most of its memory that tensors have taken so far, bytes. Throws for the CPU, whose memory is the process's.
  public func peakMemory() throws(TorchError) -> Int {
    var bytes: Int64 = 0
    try check("peakMemory") { ctorch_peak_memory(cValue, &bytes) }
    return Int(bytes)
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
