import CTorch

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
