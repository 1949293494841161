/// A tensor that belongs to a layer's state.
public struct NamedTensor {
  /// The name with dots: `layer1.0.conv1.weight`.
  public let name: String
  /// The tensor itself, shared with the layer.
  public let tensor: Tensor
  /// True if the optimiser moves it; false for running statistics.
  public let isParameter: Bool

  /// Makes an entry of a layer's state.
  public init(name: String, tensor: Tensor, isParameter: Bool) {
    self.name = name
    self.tensor = tensor
    self.isParameter = isParameter
  }

  /// The entry with its name put below `prefix`.
  public func prefixed(_ prefix: String) -> NamedTensor {
    NamedTensor(name: "\(prefix).\(name)", tensor: tensor, isParameter: isParameter)
  }
}

/// A piece of a network.
public protocol Layer: AnyObject {
  /// The output for `input`. Throws if its shape does not fit.
  func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor

  /// The parameters and running statistics, in a fixed order, named relative to this layer: all tensors that it keeps, as
  /// these are what moves to another device.
  var state: [NamedTensor] { get }
}

extension Layer {
  /// Layers without parameters have no state.
  public var state: [NamedTensor] { [] }

  /// The tensors that an optimiser moves.
  public var parameters: [Tensor] { state.filter(\.isParameter).map(\.tensor) }

  /// Moves the state to a device, in place. An optimiser of its parameters is made afterwards.
  public func move(to device: Device) throws(TorchError) {
    for entry in state { try entry.tensor.move(to: device) }
  }

  /// The state with every name put below `prefix`.
  public func state(under prefix: String) -> [NamedTensor] { state.map { $0.prefixed(prefix) } }
}

/// A leaf tensor that an optimiser moves.
func parameter(_ tensor: Tensor) throws(TorchError) -> Tensor {
  try tensor.requireGradient()
  return tensor
}
