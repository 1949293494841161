import CTorch

/// Parameters that an optimiser moves by one rate.
public struct ParameterGroup {
  /// The parameters.
  public let parameters: [Tensor]
  /// The factor of the optimiser's learning rate.
  public let rate: Double

  /// Makes a group.
  public init(_ parameters: [Tensor], rate: Double = 1) {
    self.parameters = parameters
    self.rate = rate
  }
}

/// One of libtorch's optimisers over a fixed list of parameters.
public final class Optimizer {
  /// What happens in a step to a parameter that has no gradient.
  public enum Idle: String, CaseIterable, Sendable {
    /// It stays as it is, and so does what is kept for it.
    case rest
    /// It is stepped with a gradient of 0, once it has had one: its moments decay, its steps are counted, weight decay
    /// acts, and what is left of the first moment still moves it.
    case coast
  }

  private let handle: OpaquePointer
  private let parameters: [Tensor]
  private let slots: [(name: String, slot: ctorch_optimizer_slot)]

  private init(
    _ groups: [ParameterGroup], idle: Idle, slots: [(name: String, slot: ctorch_optimizer_slot)],
    make: ([OpaquePointer?], [Double], UnsafeMutablePointer<OpaquePointer?>) -> ctorch_status
  ) throws(TorchError) {
    var handle: OpaquePointer?
    let parameters = groups.flatMap(\.parameters)
    let handles = parameters.map { Optional($0.handle) }
    let factors = groups.flatMap { group in group.parameters.map { _ in group.rate } }
    try check("optimizer") { make(handles, factors, &handle) }
    guard let handle else { throw TorchError(operation: "optimizer", message: "no result was returned") }
    ctorch_optimizer_set_coasting(handle, idle == .coast)
    self.handle = handle
    self.parameters = parameters
    self.slots = slots
  }

  deinit { ctorch_optimizer_free(handle) }

  /// Adam (Kingma and Ba, 2015). Weight decay is added to the gradient.
  public static func adam(
    _ groups: [ParameterGroup], learningRate: Double, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0, idle: Idle = .rest
  ) throws(TorchError) -> Optimizer {
    try Optimizer(
      groups, idle: idle,
      slots: [("exp_avg", CTORCH_SLOT_FIRST), ("exp_avg_sq", CTORCH_SLOT_SECOND), ("step", CTORCH_SLOT_STEPS)]
    ) {
      ctorch_adam_new($0, $1, $0.count, learningRate, betas.0, betas.1, epsilon, weightDecay, $2)
    }
  }

  /// Adam with one rate for all parameters.
  public static func adam(
    _ parameters: [Tensor], learningRate: Double, betas: (Double, Double) = (0.9, 0.999),
    epsilon: Double = 1e-8, weightDecay: Double = 0, idle: Idle = .rest
  ) throws(TorchError) -> Optimizer {
    try adam(
      [ParameterGroup(parameters)], learningRate: learningRate, betas: betas, epsilon: epsilon,
      weightDecay: weightDecay, idle: idle)
  }

  /// Stochastic gradient descent with momentum. Weight decay is added to the gradient.
  public static func sgd(
    _ groups: [ParameterGroup], learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0,
    nesterov: Bool = false, idle: Idle = .rest
  ) throws(TorchError) -> Optimizer {
    try Optimizer(
      groups, idle: idle, slots: [("momentum_buffer", CTORCH_SLOT_FIRST), ("step", CTORCH_SLOT_STEPS)]
    ) {
      ctorch_sgd_new($0, $1, $0.count, learningRate, momentum, weightDecay, nesterov, $2)
    }
  }

  /// Stochastic gradient descent with one rate for all parameters.
  public static func sgd(
    _ parameters: [Tensor], learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0,
    nesterov: Bool = false, idle: Idle = .rest
  ) throws(TorchError) -> Optimizer {
    try sgd(
      [ParameterGroup(parameters)], learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
      nesterov: nesterov, idle: idle)
  }

  /// Moves every parameter that has a gradient, and those that coast.
  ///
  /// - Parameter watched: numbers on the parameters' device, of which one that is not finite leaves everything as it is.
  ///   They are not waited for.
  public func step(watching watched: Tensor? = nil) throws(TorchError) {
    try check("step") { ctorch_optimizer_step(handle, watched?.handle) }
  }

  /// Forgets the gradients gathered so far.
  public func zeroGradients() throws(TorchError) {
    try check("zeroGradients") { ctorch_optimizer_zero_grad(handle) }
  }

  /// The largest magnitude in the gradient of each parameter, float32 `[P]`: 0 where there is none, not finite where the
  /// gradient is not.
  public func gradientSizes() throws(TorchError) -> Tensor {
    try produce("gradientSizes") { ctorch_optimizer_gradient_sizes(handle, $0) }
  }

  /// Sets the learning rate of the next steps; each group's is its factor of it.
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
