/// One key that a manifest may have, as its reader describes it.
public struct ManifestKey: Hashable, Sendable {
  /// Where the key stands: `training.epochs`.
  public let path: String
  /// The kind of value: `integer`, `number`, `boolean`, `string`, `choice`, `path`, `list of numbers`, `section`.
  public let type: String
  /// The default as a manifest would write it; `required` if there is none, `none` if the key may be left out.
  public let `default`: String
  /// Which values of the type are allowed; empty if all are.
  public let allowed: String
  /// What the value means.
  public let meaning: String
  /// The values to choose from, if there are few enough to list.
  public var choices: [String] = []
  /// The values of other keys, `data.format=csv`, with which the key is read; empty if it always is. Of several values of
  /// one key any will do; of several keys all must have one.
  public var conditions: [String] = []

  /// The keys that `Section` reads, in the order it reads them.
  ///
  /// Its initialiser runs over an empty manifest in which keys without a default have some allowed value and
  /// optional sections are present; then again with each other value of each choice, so that keys which only some
  /// choices have are found as well. Throws only what the initialiser throws of its own accord.
  public static func describe<Section: ManifestSection>(_ type: Section.Type) throws(ManifestError)
    -> [ManifestKey]
  {
    try describe { section throws(ManifestError) in _ = try Section(from: section) }
  }

  /// The keys that `body` reads, in the order it reads them.
  public static func describe(
    _ body: (SectionReader) throws(ManifestError) -> Void
  ) throws(ManifestError) -> [ManifestKey] {
    try KeyExploration.keys(of: body)
  }
}

/// What has been read so far, shared by the readers of all sections.
final class ReadingLog {
  let source: String
  let folder: String
  let isDescribing: Bool
  /// Whether the text is a run's own manifest, which may list keys that have no effect.
  let isResolved: Bool
  var keys: [ManifestKey] = []
  /// What the user should know about the manifest, a line each.
  var warnings: [String] = []

  init(source: String, folder: String, isDescribing: Bool, isResolved: Bool) {
    self.source = source
    self.folder = folder
    self.isDescribing = isDescribing
    self.isResolved = isResolved
  }
}
