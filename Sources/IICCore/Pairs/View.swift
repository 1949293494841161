public import Torch

/// A batch of items as the encoder sees them. A modality may draw many views of the same items.
public struct View {
  /// The values, `[n, ...]`.
  public let values: Tensor
  /// Where views have height and width, the map from their coordinates to those of what they were made from, `[n, 2, 3]`;
  /// both run from -1 to 1 in x and y. A point x of the view shows the point `map (x, 1)`. Nil where there is none.
  public let map: Tensor?
  /// Which of its places show something, `[n, 1, H, W]`, 1 or 0; nil where all do or none is told apart.
  public let valid: Tensor?

  /// Wraps the values of a view; `map` and `valid` say where they come from, if that is known.
  public init(_ values: Tensor, map: Tensor? = nil, valid: Tensor? = nil) {
    self.values = values
    self.map = map
    self.valid = valid
  }

  /// n, the number of items.
  public var count: Int { values.shape.first ?? 0 }
}

/// Which of the two sides of pairs something is about.
public enum PairSide: Sendable { case base, transformed }

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
