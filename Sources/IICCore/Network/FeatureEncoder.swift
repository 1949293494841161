public import Torch

/// The trunk of a network: views `[n, ...]` to features `[n, F]`.
public struct FeatureEncoder {
  /// The layers.
  public let layer: any Layer
  /// F, the number of features per item.
  public let featureCount: Int

  /// Makes an encoder of layers that end in `[n, featureCount]`.
  public init(layer: any Layer, featureCount: Int) {
    self.layer = layer
    self.featureCount = featureCount
  }
}
