import Foundation

/// Paths written in a manifest.
enum ManifestPath {
  /// `path` as an absolute one without `.`, `..` and repeated slashes; `~/` is the home folder, and a relative path
  /// starts at `folder`, or at the current folder if that is nil. Symbolic links are not looked up.
  static func absolute(_ path: String, from folder: String? = nil) -> String {
    var whole = path
    if path == "~" || path.hasPrefix("~/") {
      whole = (ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory()) + path.dropFirst()
    } else if !path.hasPrefix("/") {
      whole = (folder ?? FileManager.default.currentDirectoryPath) + "/" + path
    }
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }
}

extension ValueFormat where Value == [String] {
  /// Absolute paths, one or a list; one is written back without brackets.
  public static var paths: Self {
    let path = ValueFormat<String>.path
    var list = Self.list(of: path)
    list.write = { [write = list.write] in $0.count == 1 ? path.write($0[0]) : write($0) }
    return list
  }
}

extension ValueFormat where Value == String {
  /// An absolute path; written `~/…`, or relative to the manifest's folder (on the command line, to the current one).
  public static var path: Self {
    Self(
      type: "path", allowed: "", expected: "a path (~ stands only before /)", placeholder: "/",
      read: { (node, folder) throws(Mismatch) in
        guard let text = node.text, !text.isEmpty, !text.unicodeScalars.contains("\0"),
          !text.hasPrefix("~") || text == "~" || text.hasPrefix("~/")
        else { throw Mismatch(node) }
        if case .override = node.place { return ManifestPath.absolute(text) }
        return ManifestPath.absolute(text, from: folder)
      },
      write: { .text($0) })
  }
}
