import Archive
import Files
import Foundation
import IICCore
import Reading

/// The shards that a path in a manifest stands for, to be read within the same limits.
///
/// A file that exists stands for itself, a folder for the tar archives in it. Else `{a,b}` and `{000..099}` are
/// alternatives, in this order, and in each of them `*`, `?` and `[...]` match the files that a shell finds, in the
/// order of their bytes.
struct ShardPattern {
  private static let archiveSuffixes =
    [".tar"] + [".gz", ".bz2", ".xz", ".zst"].map { ".tar\($0)" } + [".tgz", ".tbz2", ".txz"]

  private let source: DataSource
  private var text: String { source.path }

  init(_ source: DataSource) { self.source = source }

  /// The shards, in order. Throws if a pattern matches nothing; a path without one may not exist.
  func shards() throws -> [DataSource] { try paths().map(source.with(path:)) }

  private func paths() throws -> [String] {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) {
      return isFolder.boolValue ? try archives() : [text]
    }
    return try BraceExpansion.alternatives(of: text).flatMap { path in
      guard path.contains(where: { "*?[".contains($0) }), !FileManager.default.fileExists(atPath: path) else {
        return [path]
      }
      let matches = Self.matches(of: path)
      guard !matches.isEmpty else { throw UserError("\(path): no file matches") }
      return matches
    }
  }

  private func archives() throws -> [String] {
    let files = try source.filesOnDisk() ?? []
    let archives = files.filter { file in Self.archiveSuffixes.contains { file.lowercased().hasSuffix($0) } }
    guard !archives.isEmpty else {
      let leftOut = LeftOut(source.omissions.onDisk).notes(of: "entries")
      throw UserError((["\(text): found no tar archive in the folder"] + leftOut).joined(separator: "; "))
    }
    return archives.map { "\(text)/\($0)" }
  }

  private static func matches(of pattern: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(pattern, GLOB_NOSORT, nil, &found) == 0 else { return [] }
    let paths = (0..<Int(found.gl_pathc)).compactMap { place in found.gl_pathv[place].map { String(cString: $0) } }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
