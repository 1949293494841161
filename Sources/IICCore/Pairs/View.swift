public import Torch

/// A batch of items as the encoder sees them. A modality may draw many views of the same items.
public struct View {
  /// The values, `[n, ...]`.
  public let tensor: Tensor

  /// Wraps the values of a view.
  public init(_ tensor: Tensor) { self.tensor = tensor }

  /// n, the number of items.
  public var count: Int { tensor.shape.first ?? 0 }
}

/// The two sides of a batch of pairs.
public struct ViewPair {
  /// One view of each of n items.
  public let base: View
  /// r views of each item or of its partners: rows `k n ..< (k + 1) n` hold the k-th, in the order of `base`.
  public let transformed: View

  /// Makes a pair of sides.
  public init(base: View, transformed: View) {
    self.base = base
    self.transformed = transformed
  }
}
