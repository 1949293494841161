import Archive
import IICCore
import Reading

/// What a source of texts looks like.
enum TextDraft {
  /// So much of an entry is looked at, bytes.
  private static let excerpt = 1 << 20
  private static let plain: Set = ["txt", "text", "md"]
  private static let tables = ["csv": ",", "tsv": "\t"]

  static func draft(of source: DataSource, entries: [String]) throws -> ManifestDraft? {
    let paths = entries.map { EntryPath($0.hasSuffix(".gz") ? String($0.dropLast(3)) : $0) }
    let files = paths.filter { plain.contains($0.suffix) }
    if !files.isEmpty { return try plainTexts(of: source, files) }
    if let place = paths.firstIndex(where: { $0.suffix == "jsonl" || $0.suffix == "ndjson" }) {
      return try objects(
        of: source, entries[place], count: paths.count { ["jsonl", "ndjson"].contains($0.suffix) })
    }
    guard let place = paths.firstIndex(where: { tables[$0.suffix] != nil }) else { return nil }
    return try table(
      of: source, entries[place], paths[place].suffix, count: paths.count { tables[$0.suffix] != nil })
  }

  private static func beginning(of source: DataSource, _ name: String) throws -> [UInt8]? {
    var bytes: [UInt8]?
    try source.forEachEntry { entry in
      guard entry.name == name else { return true }
      bytes = try? entry.readAll(limit: 1 << 30)
      return false
    }
    return bytes.map { Array($0.prefix(excerpt)) }
  }

  /// Many files are texts by themselves, few hold one in each line.
  private static func plainTexts(of source: DataSource, _ files: [EntryPath]) throws -> ManifestDraft {
    let folders = Set(files.map { $0.folder ?? "" })
    let areTexts = files.count > 20
    let labels = folders.count > 1 ? "folder" : !areTexts && files.count > 1 ? "entry" : nil
    let classes = labels == "folder" ? folders.count : files.count
    var data = [
      ManifestDraft.Line(
        "format", areTexts ? "files" : "lines", areTexts ? "each file is a text" : "each line is a text")
    ]
    if let labels {
      data.append(
        .init("labels", labels, "\(classes) of them; to compare with, never to train; none leaves them out"))
    }
    return ManifestDraft(
      entries: files.count, summary: "\(files.count) \(files.count == 1 ? "file" : "files") of text", data: data,
      classes: labels == nil ? nil : classes)
  }

  private static func objects(of source: DataSource, _ name: String, count: Int) throws -> ManifestDraft? {
    guard let bytes = try beginning(of: source, name), let line = bytes.split(separator: 10).first,
      case .object(let fields)? = try? JSONLine.value(line)
    else { return nil }
    var texts: [(key: String, value: String)] = []
    for (key, value) in fields { if case .text(let text, _) = value { texts.append((key, text)) } }
    guard let field = texts.max(by: { $0.value.utf8.count < $1.value.utf8.count }) else { return nil }
    var data = [
      ManifestDraft.Line("format", "jsonl"),
      .init("field", ManifestDraft.quoted(field.key), "the field of the text"),
    ]
    let names = ["label", "class", "category", "target"]
    if let label = fields.map(\.key).first(where: { names.contains($0.lowercased()) && $0 != field.key }) {
      data.append(.init("labelField", ManifestDraft.quoted(label), "to compare with, never to train"))
    }
    return ManifestDraft(
      entries: count, summary: "\(count) \(count == 1 ? "file" : "files") of JSON lines", data: data)
  }

  private static func table(
    of source: DataSource, _ name: String, _ format: String, count: Int
  ) throws -> ManifestDraft? {
    guard let bytes = try beginning(of: source, name),
      let guess = TableGuess(
        Array(bytes[..<(bytes.lastIndex(of: 10) ?? bytes.endIndex)]), path: source.path, entry: name),
      let texts = guess.texts
    else { return nil }
    var data = [
      ManifestDraft.Line("format", format),
      .init("column", ManifestDraft.quoted(texts.name), "the column of the texts"),
    ]
    let classes = guess.classes.flatMap { $0.name == texts.name ? nil : $0 }
    if let classes {
      data.append(.init("labelColumn", ManifestDraft.quoted(classes.name), "to compare with, never to train"))
    }
    return ManifestDraft(
      entries: count, summary: "\(count) table\(count == 1 ? "" : "s") with texts", data: data,
      classes: classes?.distinct)
  }
}
