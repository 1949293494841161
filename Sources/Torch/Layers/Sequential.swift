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
