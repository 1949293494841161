/// What is wrong with data or files, or with a manifest for the data at hand.
public struct UserError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the manifest's key concerned, `training.batch`; nil if the problem concerns none.
  public let key: String?
  /// What was found and what is allowed.
  public let problem: String

  /// Makes an error with a message for the user.
  public init(_ problem: String, key: String? = nil) {
    self.key = key
    self.problem = problem
  }

  /// The error as one line: key, problem.
  public var description: String { key.map { "\($0): \(problem)" } ?? problem }
}

extension String {
  /// The text on one line, without control characters and at most `limit` characters long.
  package func excerpt(_ limit: Int) -> String {
    var line = ""
    // A character may hold any number of scalars, so the scalars are what is bounded.
    for scalar in unicodeScalars.prefix(limit) {
      let isControl = [.control, .format, .lineSeparator, .paragraphSeparator]
        .contains(scalar.properties.generalCategory)
      line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return unicodeScalars.dropFirst(limit).isEmpty ? line : line + "…"
  }
}
