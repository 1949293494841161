/// What is wrong with data or files, or with a manifest for the data at hand.
public struct DataError: Error, Sendable, CustomStringConvertible {
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
