import Files
import Yams

/// Turns YAML text into `ManifestNode`s, and refuses what a manifest does not need.
///
/// One document, keys that are text, no anchors, aliases or tags, and bounded size and depth: a manifest may come
/// from a stranger, and an alias in a key costs time exponential in the text's length.
struct ManifestParser {
  static let sizeLimit = 1 << 20
  static let depthLimit = 32

  let source: String
  /// What all nodes carry in place of their line, for text that comes from the command line.
  var override: String?

  /// The root of `text`, nil if there is none; `depth` levels are in use already.
  func parse(_ text: String, depth: Int = 0) throws(ManifestError) -> ManifestNode? {
    guard text.utf8.count <= Self.sizeLimit else {
      throw error(.file, "larger than \(Self.sizeLimit) bytes, the most that a manifest may have")
    }
    let anchor = UInt8(ascii: "&")
    let alias = UInt8(ascii: "*")
    if text.utf8.contains(anchor), text.utf8.contains(alias) {
      // Yams follows aliases while it parses. With every asterisk replaced nothing is an alias, and text up to the
      // first one parses as it did, so the anchor that a first alias needs is found before any is followed.
      let masked = text.utf8.split(separator: alias, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\u{E000}")
      _ = try compose(masked, depth: depth)
    }
    return try compose(text, depth: depth)
  }

  private func compose(_ text: String, depth: Int) throws(ManifestError) -> ManifestNode? {
    let parser: Parser
    let root: Node?
    do {
      parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch {
      let (line, problem) = describe(error, in: text)
      throw self.error(line.map { .line($0) } ?? .file, problem)
    }
    guard let root else { return nil }
    // Nodes hold their anchors weakly; the parser owns them.
    return try withExtendedLifetime(parser) { () throws(ManifestError) in
      try node(root, at: place(of: root), depth: depth + 1)
    }
  }

  private func node(
    _ node: Node, at position: ManifestError.Place, depth: Int
  ) throws(ManifestError) -> ManifestNode {
    guard depth <= Self.depthLimit else { throw error(position, tooDeep) }
    guard node.anchor == nil else { throw error(place(of: node), noAnchors) }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain
      try refuse(scalar.tag, of: node, allowing: isPlain ? "" : Tag.Name.str.rawValue)
      return ManifestNode(.scalar(scalar.string, isPlain: isPlain), at: position)
    case .sequence(let sequence):
      try refuse(sequence.tag, of: node, allowing: "")
      var items: [ManifestNode] = []
      for item in sequence { items.append(try self.node(item, at: place(of: item), depth: depth + 1)) }
      return ManifestNode(.list(items), at: position)
    case .mapping(let mapping):
      try refuse(mapping.tag, of: node, allowing: "")
      var entries: [ManifestNode.Entry] = []
      for (key, value) in mapping {
        let keyPlace = place(of: key)
        guard case .scalar(let scalar) = key else { throw error(keyPlace, "a key must be text") }
        guard key.anchor == nil else { throw error(keyPlace, noAnchors) }
        // Yams marks keys as text when it looks for duplicates.
        try refuse(scalar.tag, of: key, allowing: Tag.Name.str.rawValue)
        // A section stands where its key does, which may be some lines before its first entry.
        let valuePlace = value.mapping == nil ? place(of: value) : keyPlace
        let child = try self.node(value, at: valuePlace, depth: depth + 1)
        entries.append(.init(key: scalar.string, place: keyPlace, value: child))
      }
      return ManifestNode(.section(entries), at: position)
    case .alias:
      throw error(position, noAnchors)
    }
  }

  private func refuse(_ tag: Tag, of node: Node, allowing name: String) throws(ManifestError) {
    guard tag.rawValue.isEmpty || tag.rawValue == name else {
      throw error(place(of: node), "YAML tags (\(tag.rawValue.excerpt(60))) are not allowed in a manifest")
    }
  }

  private func place(of node: Node) -> ManifestError.Place {
    if let override { return .override(override) }
    return node.mark.map { .line($0.line) } ?? .file
  }

  private func error(_ place: ManifestError.Place, _ problem: String) -> ManifestError {
    ManifestError(source: source, place: override.map { .override($0) } ?? place, problem: problem)
  }
}

private let noAnchors = "YAML anchors and aliases (& and *) are not allowed in a manifest"
private let tooDeep = "nested deeper than \(ManifestParser.depthLimit) levels"

/// The line and the words for an error of the YAML library.
private func describe(_ error: any Error, in text: String) -> (line: Int?, problem: String) {
  switch error {
  case YamlError.scanner(let context, let problem, let mark, _),
    YamlError.parser(let context, let problem, let mark, _):
    // The library's own limit, which a text far too deep meets first.
    if problem.contains("nesting level") { return (mark.line, tooDeep) }
    let cause = context.map { " \($0.text) that begins on line \($0.mark.line)" } ?? ""
    // The end of the text counts as a line of its own.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let last = max(1, lines.last == "" ? lines.count - 1 : lines.count)
    return (min(mark.line, last), "not valid YAML: \(problem)\(cause)")
  case YamlError.composer(_, let problem, let mark, _):
    if problem.contains("alias") { return (mark.line, noAnchors) }
    return (mark.line, "a manifest is one YAML document, \(problem)")
  case YamlError.reader(let problem, let offset, _, _):
    let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
    return (line, "not valid YAML: \(problem)")
  case YamlError.duplicatedKeysInMapping(let keys, let context):
    let key = keys.first ?? ""
    return (context.mark.line, "the key \"\(key.excerpt(60))\" appears more than once in its section")
  default:
    return (nil, "not valid YAML: \(error)")
  }
}
