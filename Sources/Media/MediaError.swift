/// A picture or sound that cannot be decoded.
public struct MediaError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What the item is called: a file or an archive's entry.
  public let name: String
  /// What was found and what is allowed.
  public let message: String

  /// Says what is wrong with an item.
  public init(name: String, message: String) {
    self.name = name
    self.message = message
  }

  public var description: String { "\(name): \(message)" }
}
