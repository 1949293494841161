public import Manifest

/// The `checkpoint` section of a manifest.
public struct CheckpointConfiguration: Sendable, ManifestSection {
  /// The time between checkpoints, minutes. One is written at the end of each epoch as well.
  public var minutes = 10.0
  /// The steps between checkpoints; nil goes by the time alone.
  public var steps: Int?
  /// How many are kept.
  public var keep = 2

  /// The defaults.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    minutes = try section(
      "minutes", .number(in: .positive), default: minutes,
      "minutes between checkpoints, beside one at the end of each epoch")
    steps = try section(
      "steps", .integer(in: 1...1_000_000_000), default: nil, "steps between checkpoints; if absent, by time alone")
    keep = try section("keep", .integer(in: 1...1000), default: keep, "how many of the last ones are kept")
  }
}
