/// One thing that a modality must hold to.
public enum ConformanceCheck: String, CaseIterable, Sendable {
  /// Every key that its manifest may have is described, unknown keys are refused, and the resolved manifest reads
  /// back as itself.
  case manifest
  /// Ids are unique, samples have the shape they are said to have, labels, groups and parts fit the items.
  case data
  /// Opened a second time, from the cache, the data is the same.
  case reopening
  /// Whatever a key of `data` changes in samples, ids, labels, parts or partners, the cache tells apart; and the layouts
  /// given show every key to change something.
  case cacheKeys
  /// Base, transformed and evaluation views have a row an item, are finite, and the encoder takes them.
  case views
  /// The same random stream draws the same views and weights; another draws others.
  case determinism
  /// The two sides of a pair are drawn apart, and each item's views on their own.
  case independence
  /// The encoder gives `[n, featureCount]`, and an item's features do not depend on the batch it is evaluated in:
  /// one item alone, a few, or a last small batch.
  case evaluation
  /// Gradients reach every parameter of the encoder and are finite.
  case gradients
  /// Features of the initial network differ between items, and one step of an optimiser changes the loss, which stays
  /// finite.
  case training
  /// Every encoder that the modality lists can be made, evaluated and trained, and its features differ between items.
  case encoders
  /// Data without items is refused with a message.
  case emptyData
  /// An item that cannot be decoded is named in the message.
  case corruptItem
}

/// What a modality does not hold to.
public struct ConformanceError: Error, Sendable, CustomStringConvertible {
  /// The name of the modality.
  public let modality: String
  /// What was checked.
  public let check: ConformanceCheck
  /// What was expected and what was found.
  public let message: String

  /// The error as one line.
  public var description: String { "modality \(modality), check \(check.rawValue): \(message)" }
}
