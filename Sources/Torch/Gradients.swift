import CTorch

extension Tensor {
  /// Marks a leaf tensor as a parameter, in place: `backward` fills its gradient.
  public func requireGradient() throws(TorchError) {
    try check("requireGradient") { ctorch_require_grad(handle) }
  }

  /// True if gradients flow to or through this tensor.
  public var requiresGradient: Bool { ctorch_requires_grad(handle) }

  /// The same values without gradient history, sharing storage.
  public func detached() throws(TorchError) -> Tensor {
    try produce("detached") { ctorch_detach(handle, $0) }
  }

  /// Adds the gradients of this one-element tensor to every parameter it depends on.
  public func backward() throws(TorchError) {
    try check("backward") { ctorch_backward(handle) }
  }

  /// The gradient gathered so far, or nil.
  public var gradient: Tensor? {
    get throws(TorchError) {
      var gradient: OpaquePointer?
      try check("gradient") { ctorch_grad(handle, &gradient) }
      return gradient.map(Tensor.init(owning:))
    }
  }
}

/// Runs `body` on this thread without recording gradients.
public func withoutGradients<Value, Failure: Error>(
  _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
  let before = ctorch_set_grad_enabled(false)
  defer { _ = ctorch_set_grad_enabled(before) }
  return try body()
}
