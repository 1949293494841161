/// A manifest that is proposed for some data.
public struct ManifestDraft: Sendable {
  /// A key with its value as YAML and, if it needs one, a comment.
  public struct Line: Sendable {
    let key, value, comment: String

    /// Makes a line.
    public init(_ key: String, _ value: String, _ comment: String = "") {
      (self.key, self.value, self.comment) = (key, value, comment)
    }
  }

  /// How many of the entries are items, or hold some: of several kinds that may be meant, the one with most.
  public var entries: Int
  /// What there is, for people: `1204 items in 12 folders`.
  public var summary: String
  /// The keys of the section `data` but for the source.
  public var data: [Line]
  /// The sections that are not left to their defaults, each with its keys.
  public var sections: [(name: String, lines: [Line])] = []
  /// The classes, where data say how many there are: what K is proposed to be.
  public var classes: Int?

  /// Proposes a manifest.
  public init(entries: Int, summary: String, data: [Line], classes: Int? = nil) {
    (self.entries, self.summary, self.data, self.classes) = (entries, summary, data, classes)
  }
}
