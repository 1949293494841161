import CTorch

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
