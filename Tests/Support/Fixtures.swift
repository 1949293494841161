public import Foundation

/// The folder `Fixtures` of a test target; beside each file is the script that made it.
public struct Fixtures: Sendable {
  private struct Missing: Error { var name: String }

  private let folder: URL?

  /// The fixtures of the target whose bundle this is: `Bundle.module`.
  public init(_ bundle: Bundle) { folder = bundle.resourceURL?.appending(path: "Fixtures") }

  /// The bytes of a file.
  public func data(_ name: String) throws -> Data {
    guard let folder else { throw Missing(name: name) }
    return try Data(contentsOf: folder.appending(path: name))
  }

  /// What a JSON file holds.
  public func json<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: data(name))
  }
}
