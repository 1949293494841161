import Foundation

/// The files of `Fixtures`; beside each is the script that made it.
enum Fixture {
  struct Missing: Error { var name: String }

  static func data(_ name: String) throws -> Data {
    guard let folder = Bundle.module.resourceURL else { throw Missing(name: name) }
    return try Data(contentsOf: folder.appending(path: "Fixtures/\(name)"))
  }

  static func json<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: data(name))
  }
}
