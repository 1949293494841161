public import Manifest

/// What is done about an item that cannot be read, by the key `onUndecodable`.
public enum Undecodable: String, CaseIterable, Sendable {
  /// Reading ends with an error that names it.
  case fail
  /// It is left out, counted and named.
  case skip

  /// What a message about such an item ends with.
  public static let hint = "; data.onUndecodable: skip leaves it out"
}

extension SectionReader {
  /// The section's key `onUndecodable`; `meaning` says of what it decides.
  public func onUndecodable(_ meaning: String) throws(ManifestError) -> Undecodable {
    try self("onUndecodable", .choice, default: .fail, meaning)
  }
}
