import CTorch

/// One of libtorch's optimisers over a fixed list of parameters.
public final class Optimizer {
  private let handle: OpaquePointer
  private let parameters: [Tensor]
  private let slots: [(name: String, slot: ctorch_optimizer_slot)]

  private init(
    _ parameters: [Tensor], slots: [(name: String, slot: ctorch_optimizer_slot)],
    make: ([OpaquePointer?], UnsafeMutablePointer<OpaquePointer?>) -> ctorch_status
  ) throws(TorchError) {
    var handle: OpaquePointer?
    let handles = parameters.map { Optional($0.handle) }
    try check("optimizer") { make(handles, &handle) }
    guard let handle else { throw TorchError(operation: "optimizer", message: "no result was returned") }
    self.handle = handle
    self.parameters = parameters
    self.slots = slots
  }

  deinit { ctorch_optimizer_free(handle) }

  /// Adam (Kingma and Ba, 2015).
  public static func adam(
    _ parameters: [Tensor], learningRate: Double, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0
  ) throws(TorchError) -> Optimizer {
    try Optimizer(
      parameters,
      slots: [("exp_avg", CTORCH_SLOT_FIRST), ("exp_avg_sq", CTORCH_SLOT_SECOND), ("step", CTORCH_SLOT_STEPS)]
    ) {
      ctorch_adam_new($0, $0.count, learningRate, betas.0, betas.1, epsilon, weightDecay, $1)
    }
  }

  /// Stochastic gradient descent with momentum.
  public static func sgd(
    _ parameters: [Tensor], learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0,
    nesterov: Bool = false
  ) throws(TorchError) -> Optimizer {
    try Optimizer(parameters, slots: [("momentum_buffer", CTORCH_SLOT_FIRST), ("step", CTORCH_SLOT_STEPS)]) {
      ctorch_sgd_new($0, $0.count, learningRate, momentum, weightDecay, nesterov, $1)
    }
  }

  /// Moves every parameter that has a gradient.
  public func step() throws(TorchError) {
    try check("step") { ctorch_optimizer_step(handle) }
  }

  /// Forgets the gradients gathered so far.
  public func zeroGradients() throws(TorchError) {
    try check("zeroGradients") { ctorch_optimizer_zero_grad(handle) }
  }

  /// The place among the parameters of the first whose gradient is not finite; nil if all are.
  public func nonFiniteGradient() throws(TorchError) -> Int? {
    var place: Int64 = -1
    try check("nonFiniteGradient") { ctorch_optimizer_nonfinite_gradient(handle, &place) }
    return place < 0 ? nil : Int(place)
  }

  /// Sets the learning rate of the next steps.
  public func setLearningRate(_ rate: Double) { ctorch_optimizer_set_rate(handle, rate) }

  /// What it keeps between steps, for the parameters in their order: `0.exp_avg`, `0.exp_avg_sq`, `0.step` for Adam,
  /// `0.momentum_buffer`, `0.step` for SGD. Assigning to these tensors sets the optimiser's state.
  public var state: [NamedTensor] {
    get throws(TorchError) {
      var state: [NamedTensor] = []
      for index in parameters.indices {
        for (name, slot) in slots {
          let tensor = try produce("optimizer") { ctorch_optimizer_state(handle, slot, index, $0) }
          state.append(NamedTensor(name: "\(index).\(name)", tensor: tensor, isParameter: false))
        }
      }
      return state
    }
  }
}
