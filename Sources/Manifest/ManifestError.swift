import Files

/// What is wrong with a manifest, and where.
///
/// Its description is one line for the user, for example
/// `samples/x/iic.yaml:12: training.epochs: found "abc"; expected a whole number of at least 1`.
public struct ManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Where in a manifest something stands.
  public enum Place: Hashable, Sendable {
    /// The file as a whole.
    case file
    /// A line of the file, counted from 1.
    case line(Int)
    /// A value given on the command line, as it was written: `training.epochs=10`.
    case override(String)
  }

  /// The file's path as the user gave it, or the name of a text that is not a file.
  public let source: String
  /// Where the problem is.
  public let place: Place
  /// The path of the key concerned, `training.epochs`; empty if the problem concerns no key.
  public let key: String
  /// What was found and what is allowed.
  public let problem: String

  /// Makes an error; inside a `ManifestSection`, `SectionReader.error(_:_:)` fills in the place.
  public init(source: String, place: Place, key: String = "", problem: String) {
    self.source = source
    self.place = place
    self.key = key
    self.problem = problem
  }

  /// The error as one line: place, key, problem.
  public var description: String {
    let position =
      switch place {
      case .file: source
      case .line(let line): "\(source):\(line)"
      case .override(let text): "--set \(text.excerpt(80))"
      }
    if key.isEmpty { return "\(position): \(problem)" }
    if case .override(let text) = place, text.hasPrefix(key + "=") { return "\(position): \(problem)" }
    return "\(position): \(key): \(problem)"
  }
}

/// A value that is not what its reader wants; the reader adds the key and what is allowed.
struct Mismatch: Error {
  var found: String
  var place: ManifestError.Place
  var closest: String?

  init(_ node: ManifestNode, _ remark: String = "", closest: String? = nil) {
    found = node.found + remark
    place = node.place
    self.closest = closest
  }
}
