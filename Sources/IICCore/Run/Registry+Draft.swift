public import Archive
import Files
import Foundation

extension Registry {
  /// A commented manifest for a source: of the kinds of data that it may be, the one that most of its entries are of.
  ///
  /// Throws if it is of none.
  public func draft(of source: DataSource) throws -> String {
    let names = try source.names()
    var best: (name: String, draft: ManifestDraft)?
    for modality in modalities {
      guard let draft = try modality.draft(of: source, entries: names) else { continue }
      if draft.entries > best?.draft.entries ?? 0 { best = (modality.name, draft) }
    }
    guard let best else {
      let first = names.prefix(4).map(\.debugDescription).joined(separator: ", ")
      throw UserError(
        "\(source.path): found \(names.count) entries, such as \(first); expected data of the kinds "
          + self.names.joined(separator: ", "))
    }
    return best.draft.text(modality: best.name, source: source, entries: names.count)
  }
}

extension ManifestDraft {
  /// K where nothing says how many there are.
  private static let usualClusters = 10

  /// The manifest as YAML.
  fileprivate func text(modality: String, source: DataSource, entries all: Int) -> String {
    let name = URL(filePath: source.path).deletingPathExtension().lastPathComponent
    let label = String(name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" })
    var lines = ["# Proposed for \(source.path.excerpt(200)): \(summary)."]
    if entries < all { lines.append("# \(all - entries) other entries are left out.") }
    lines += ["name: \(Self.quoted(label.isEmpty ? "data" : label))", "modality: \(modality)", "", "data:"]
    lines += Self.block([Line("source", Self.quoted(source.path), "read in place")] + data)
    for section in sections { lines += ["", "\(section.name):"] + Self.block(section.lines) }
    let comment =
      classes == nil
      ? "how many clusters: nothing in the data says it; try others"
      : "how many clusters: as many as there are classes"
    lines += ["", "heads:", "  main: {clusters: \(classes ?? Self.usualClusters)}  # \(comment)"]
    lines += ["", "training:"] + Self.block([Line("epochs", "30", "how often all items are seen")])
    return lines.joined(separator: "\n") + "\n"
  }

  private static func block(_ lines: [Line]) -> [String] {
    let width = lines.map { $0.key.count + $0.value.count }.max() ?? 0
    return lines.map { line in
      let text = "  \(line.key): \(line.value)"
      guard !line.comment.isEmpty else { return text }
      return text + String(repeating: " ", count: width - line.key.count - line.value.count + 2)
        + "# \(line.comment)"
    }
  }

  /// A text as a YAML scalar.
  public static func quoted(_ text: String) -> String {
    let isPlain =
      text.wholeMatch(of: /[A-Za-z_\/][A-Za-z0-9_.\/-]*/) != nil
      && !["true", "false", "null", "yes", "no", "on", "off"].contains(text.lowercased())
    return isPlain ? text : "'\(text.replacing("'", with: "''"))'"
  }
}
