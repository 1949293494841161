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

/// Layers applied one after another; each one's state is named by its place, `0.weight`, or by a given name.
public final class Sequential: Layer {
  private let layers: [(name: String, layer: any Layer)]

  /// Names the layers by their places, counted from 0.
  public init(_ layers: [any Layer]) {
    self.layers = layers.enumerated().map { (String($0.offset), $0.element) }
  }

  /// Gives each layer a name.
  public init(named layers: [(String, any Layer)]) {
    self.layers = layers.map { (name: $0.0, layer: $0.1) }
  }

  public func callAsFunction(_ input: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    var output = input
    for (_, layer) in layers { output = try layer(output, pass) }
    return output
  }

  public var state: [NamedTensor] { layers.flatMap { $0.layer.state(under: $0.name) } }
}
