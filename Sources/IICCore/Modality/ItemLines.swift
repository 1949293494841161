/// How lines of text become items: they are laid out as a source, which the manifest is set to read.
public struct ItemLines: Sendable {
  /// What a line is.
  public enum Kind: Sendable {
    /// The path of a file, which is an item.
    case paths
    /// An item, as a line of a file of this name.
    case lines(file: String)
  }

  /// What a line is.
  public var kind: Kind
  /// The keys that make the modality read such a source, as `key.path=value`.
  public var settings: [String]
  /// The keys of the run that such a source does not have.
  public var without: [String]

  /// Says how lines are read.
  public init(_ kind: Kind, settings: [String], without: [String] = []) {
    (self.kind, self.settings, self.without) = (kind, settings, without)
  }
}
