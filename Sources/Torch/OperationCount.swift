import Synchronization

/// Counts the floating-point operations of convolutions and matrix products, an addition and a multiplication
/// being two.
///
/// Only forward operations are seen. What costs next to nothing beside them, element-wise work, is not counted.
public final class OperationCount: Sendable {
  @TaskLocal static var current: OperationCount?

  private let count = Atomic<Int>(0)

  /// Starts at 0.
  public init() {}

  /// The operations counted so far.
  public var value: Int { count.load(ordering: .relaxed) }

  /// Counts what `body` computes on this thread.
  public func during<Value>(_ body: () throws -> Value) rethrows -> Value {
    try Self.$current.withValue(self, operation: body)
  }

  func add(_ operations: Int) { count.wrappingAdd(operations, ordering: .relaxed) }
}
