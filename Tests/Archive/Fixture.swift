import Archive
import Foundation
import Testing

/// Files beside the tests, and a folder of each test's own for files made while it runs.
final class Fixture {
  let scratch = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID())").path

  init() throws {
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: scratch) }

  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures/" + name).path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: path(name))))
  }

  /// Writes a file into the scratch folder and returns its path.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let url = URL(filePath: scratch).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.path
  }
}

extension DataSource {
  /// All entries' names and bytes in order.
  func all() throws -> [Pair] {
    var pairs: [Pair] = []
    try forEachEntry { entry in
      pairs.append(Pair(name: entry.name, bytes: try entry.readAll()))
      return true
    }
    return pairs
  }

  /// What reading everything fails with, its path replaced by `PATH`; nil if it does not fail.
  func failure() -> String? {
    do {
      _ = try all()
      return nil
    } catch {
      return "\(error)".replacing(path, with: "PATH")
    }
  }
}

struct Pair: Equatable {
  let name: String
  let bytes: [UInt8]
}
