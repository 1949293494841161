public import Torch

/// What a network makes of one side of a batch of pairs.
public struct SideOutputs {
  /// The features `[n, F]` that its encoder gives, float32; of a dense network `[n, F, h, w]`.
  public let features: Tensor
  /// The probabilities `[n, S, K]` of each head that was asked for, by its name; of a dense network `[n, S, K, H, W]`.
  public let heads: [String: Tensor]

  /// Puts together what an objective sees of a side.
  public init(features: Tensor, heads: [String: Tensor]) {
    self.features = features
    self.heads = heads
  }
}

/// What a network makes of a batch of pairs: all that an objective sees.
public struct PairOutputs {
  /// The views of the pairs.
  public let views: ViewPair
  /// What it makes of the n base views.
  public let base: SideOutputs
  /// What it makes of the r n transformed views.
  public let transformed: SideOutputs
  /// What the items are to be given, where the objective has targets.
  public var targets: BatchTargets?

  /// Puts together what an objective sees.
  public init(views: ViewPair, base: SideOutputs, transformed: SideOutputs, targets: BatchTargets? = nil) {
    self.views = views
    self.base = base
    self.transformed = transformed
    self.targets = targets
  }
}

/// The targets of a batch of pairs, by the items of the base views.
public struct BatchTargets {
  /// The class of each item, int64 `[n]`.
  public let classes: Tensor
  /// What each weighs, float32 `[n]`.
  public let weights: Tensor
}
