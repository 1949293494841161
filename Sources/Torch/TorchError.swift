import CTorch

/// An operation that libtorch refused, with libtorch's own message.
public struct TorchError: Error, Sendable, CustomStringConvertible {
  /// The operation as named in this module: `matmul`, `conv2d`.
  public let operation: String
  /// libtorch's explanation, usually with the shapes involved.
  public let message: String

  /// Makes an error of an operation.
  public init(operation: String, message: String) {
    self.operation = operation
    self.message = message
  }

  public var description: String { "\(operation): \(message)" }
}

/// Runs a call of the C boundary and turns a failed status into a thrown error.
func check(_ operation: String, _ call: () -> ctorch_status) throws(TorchError) {
  guard call() == 0 else {
    throw TorchError(operation: operation, message: String(cString: ctorch_error()))
  }
}

/// Runs a call that writes one new tensor and takes ownership of it.
func produce(
  _ operation: String, _ call: (UnsafeMutablePointer<OpaquePointer?>) -> ctorch_status
) throws(TorchError) -> Tensor {
  var handle: OpaquePointer?
  try check(operation) { call(&handle) }
  guard let handle else { throw TorchError(operation: operation, message: "no result was returned") }
  return Tensor(owning: handle)
}
