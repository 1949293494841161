import Files
import Foundation

/// A manifest as written: YAML text and what the command line puts over it, not yet given a meaning.
///
/// ```swift
/// let document = try ManifestDocument(path: "iic.yaml", overrides: ["training.epochs=10"])
/// let manifest = try document.read(RunConfiguration.self)
/// manifest.configuration.training.epochs   // 10
/// manifest.resolvedYAML()                  // every key that has an effect with its value, defaults included
/// ```
public struct ManifestDocument: Sendable {
  /// The file's path as given, which messages name.
  public let source: String
  /// The folder that relative paths in the text start from; absolute.
  public let folder: String
  /// Whether the file is a run's own manifest, which may list keys that have no effect; on the command line they are
  /// errors all the same.
  public let isResolved: Bool
  private(set) var root: ManifestNode

  /// Loads a file of at most 1 MiB.
  ///
  /// Each override is written `key.path=value`, where the value is a YAML scalar, a `[list]` or a `{mapping}`; it
  /// replaces what stands at that key, and makes the sections on its way. Of two for the same key the later counts.
  public init(path: String, overrides: [String] = [], isResolved: Bool = false) throws(ManifestError) {
    let text = try Self.decode(try Self.load(path), source: path)
    let folder = ManifestPath.absolute(path).split(separator: "/").dropLast().joined(separator: "/")
    try self.init(text: text, source: path, folder: "/" + folder, overrides: overrides, isResolved: isResolved)
  }

  /// Takes the text itself, for tests and for manifests that a program makes.
  ///
  /// `source` is the name that messages give; `folder`, the current one if nil, is where relative paths start.
  public init(
    text: String, source: String = "manifest", folder: String? = nil, overrides: [String] = [],
    isResolved: Bool = false
  ) throws(ManifestError) {
    self.source = source
    self.isResolved = isResolved
    self.folder = ManifestPath.absolute(folder ?? ".")
    var root = try ManifestParser(source: source).parse(text) ?? ManifestNode(.section([]))
    if root.isEmpty { root.content = .section([]) }
    guard case .section = root.content else {
      throw ManifestError(
        source: source, place: root.place,
        problem: "found \(root.found); expected a section of `key: value` lines")
    }
    root.place = .file
    for override in overrides {
      try ManifestOverride(override, source: source).apply(to: &root)
    }
    self.root = root
  }

  /// This manifest with further overrides.
  public func setting(_ overrides: [String]) throws(ManifestError) -> ManifestDocument {
    var document = self
    for override in overrides { try ManifestOverride(override, source: source).apply(to: &document.root) }
    return document
  }

  /// This manifest without the values of keys, `data.labels`; those that it does not have make no difference.
  public func removing(_ keys: [String]) -> ManifestDocument {
    var document = self
    for key in keys { document.root.remove(key.split(separator: ".").map(String.init)[...]) }
    return document
  }

  /// An error about the value of `key`, at its place in the manifest.
  package func error(at key: String, _ problem: String) -> ManifestError {
    let place = root.values(along: key).last?.place ?? .file
    return ManifestError(source: source, place: place, key: key, problem: problem)
  }

  /// The text of the scalar at `key`; nil if there is none.
  public func text(of key: String) -> String? {
    let values = root.values(along: key)
    return values.count == key.split(separator: ".").count + 1 ? values.last?.text : nil
  }

  /// Reads the whole manifest as one type.
  public func read<Section: ManifestSection>(_ type: Section.Type) throws(ManifestError) -> ResolvedManifest<
    Section
  > {
    try read { section throws(ManifestError) in try Section(from: section) }
  }

  /// Reads the whole manifest by a closure, for a configuration that needs more than the manifest to be read.
  ///
  /// Keys that the closure has not read are errors.
  public func read<Configuration>(
    _ body: (SectionReader) throws(ManifestError) -> Configuration
  ) throws(ManifestError) -> ResolvedManifest<Configuration> {
    let reader = SectionReader(root: root, source: source, folder: folder, isResolved: isResolved)
    let configuration = try body(reader)
    try reader.finish()
    return try ResolvedManifest(configuration, from: reader)
  }

  private static func load(_ path: String) throws(ManifestError) -> [UInt8] {
    func failure() -> ManifestError {
      ManifestError(
        source: path, place: .file, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
    guard let file = fopen(path, "rb") else { throw failure() }
    defer { fclose(file) }
    // One byte more than allowed shows that the file is too large, however large it is.
    var bytes = [UInt8](repeating: 0, count: ManifestParser.sizeLimit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else { throw failure() }
    return Array(bytes.prefix(count))
  }

  static func decode(_ bytes: [UInt8], source: String) throws(ManifestError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    throw ManifestError(source: source, place: .line(line + 1), problem: "not UTF-8 text")
  }
}

/// The keys by which two manifests differ, for messages.
package enum ManifestDifference {
  /// A line for each key that has another value: `training.batch was 768, is 300`.
  package static func lines(_ old: ManifestDocument, _ new: ManifestDocument) -> [(key: String, text: String)] {
    let (before, after) = (values(old.root), values(new.root))
    let keys = before.map(\.key) + after.map(\.key).filter { key in !before.contains { $0.key == key } }
    return keys.compactMap { key in
      let was = before.first { $0.key == key }?.value ?? "absent"
      let now = after.first { $0.key == key }?.value ?? "absent"
      return was == now ? nil : (key, "\(key) was \(was), is \(now)")
    }
  }

  private static func values(_ node: ManifestNode, under path: String = "") -> [(key: String, value: String)] {
    guard case .section(let entries) = node.content else { return [(path, node.summary)] }
    return entries.flatMap { values($0.value, under: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }
}
