import Yams

/// A configuration read from a manifest, with the value of every key that has an effect, whether written or a default.
public struct ResolvedManifest<Configuration> {
  /// What was read.
  public let configuration: Configuration
  /// The keys that were read, in order.
  public let keys: [ManifestKey]
  /// What the user should know about the manifest, a line each.
  public let warnings: [String]
  private let yaml: String
  private let root: ManifestNode

  init(_ configuration: Configuration, from reader: SectionReader) throws(ManifestError) {
    self.configuration = configuration
    keys = reader.log.keys
    warnings = reader.log.warnings
    root = ManifestNode(.section(reader.resolved))
    do {
      yaml = try serialize(node: node(root), width: -1, allowUnicode: true)
    } catch {
      throw ManifestError(
        source: reader.log.source, place: .file, problem: "the resolved manifest cannot be written: \(error)")
    }
  }

  /// YAML with every key that has an effect, in the order of reading, paths absolute; read again, it gives the same
  /// configuration.
  public func resolvedYAML() -> String { yaml }

  /// The value of a key, `training.epochs`, on one line: texts without quotes, lists in brackets; nil if it was not read.
  public func value(of path: String) -> String? {
    let values = root.values(along: path)
    return values.count == path.split(separator: ".").count + 1 ? values.last?.summary : nil
  }
}

extension ResolvedManifest: Sendable where Configuration: Sendable {}

private func node(_ value: ManifestNode) -> Node {
  switch value.content {
  case .scalar(let text, isPlain: true):
    Node(text, .implicit, .plain)
  case .scalar(let text, isPlain: false):
    Node(text, .implicit, style(of: text))
  case .list(let items):
    Node(items.map(node), .implicit, .flow)
  case .section(let entries):
    Node(entries.map { (Node($0.key, .implicit, style(of: $0.key)), node($0.value)) })
  }
}

/// Quotes for text that without them reads as something else, under YAML 1.1 or 1.2; the rest the emitter decides.
private func style(of text: String) -> Node.Scalar.Style {
  if text.contains(where: \.isNewline) { return .doubleQuoted }
  let isText = Resolver.default.resolveTag(of: Node(text)) == .str && !isDecimal(text)
  return isText ? .any : .doubleQuoted
}
