import Files
import Foundation

/// A value from the command line, `key.path=value`, that replaces or adds to what the file says.
struct ManifestOverride {
  private let text: String
  private let source: String
  private let keys: [String]
  private let value: ManifestNode

  /// Reads `key.path=value`; the value is a YAML scalar, `[list]` or `{mapping}`.
  init(_ text: String, source: String) throws(ManifestError) {
    self.text = text
    self.source = source
    func malformed(_ problem: String) -> ManifestError {
      ManifestError(source: source, place: .override(text), problem: problem)
    }
    guard let equals = text.firstIndex(of: "=") else { throw malformed("expected key.path=value") }
    keys = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard !keys.contains("") else { throw malformed("expected key.path=value") }
    guard keys.count < ManifestParser.depthLimit else {
      throw malformed("nested deeper than \(ManifestParser.depthLimit) levels")
    }
    let written = text[text.index(after: equals)...].trimmingCharacters(in: .whitespacesAndNewlines)
    let empty = ManifestNode(.scalar("", isPlain: true), at: .override(text))
    value = try ManifestParser(source: source, override: text).parse(written, depth: keys.count) ?? empty
    if case .scalar = value.content { return }
    guard written.hasPrefix("[") || written.hasPrefix("{") else {
      throw malformed(
        "expected a scalar, a [list] or a {mapping} as the value; quote text that YAML reads otherwise")
    }
  }

  /// Puts the value into `root`, and makes the sections on its way that are not there.
  func apply(to root: inout ManifestNode) throws(ManifestError) {
    try set(keys[...], done: [], in: &root)
  }

  private func set(_ keys: ArraySlice<String>, done: [String], in node: inout ManifestNode)
    throws(ManifestError)
  {
    guard let key = keys.first else {
      node = value
      return
    }
    var entries: [ManifestNode.Entry] = []
    if case .section(let present) = node.content {
      entries = present
    } else if !node.isNull {
      throw ManifestError(
        source: source, place: .override(text), key: done.joined(separator: "."),
        problem: "found \(node.found); expected a section")
    }
    let index = entries.firstIndex { $0.key == key } ?? entries.endIndex
    if index == entries.endIndex {
      // A new section stands where its parent does: what it lacks is not the fault of this override.
      let section = ManifestNode(.section([]), at: node.place)
      entries.append(.init(key: key, place: .override(text), value: section))
    }
    try set(keys.dropFirst(), done: done + [key], in: &entries[index].value)
    if keys.count == 1 { entries[index].place = .override(text) }
    node.content = .section(entries)
  }
}

extension ManifestDocument {
  /// An override that sets a key to a text, whatever is in it.
  public static func override(_ key: String, text: String) -> String {
    "\(key)='\(text.replacing("'", with: "''"))'"
  }
}
