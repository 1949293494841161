/// One side of pairs: a kind of data, and its items.
public struct Side: Sendable {
  /// Draws the views.
  public let modality: any Modality
  /// The items.
  public let dataset: Dataset

  /// Makes a side.
  public init(_ modality: any Modality, _ dataset: Dataset) {
    self.modality = modality
    self.dataset = dataset
  }
}
