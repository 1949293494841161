import Archive
import IICCore
import Manifest
import Reading

/// How texts are laid out in their source: the keys of the `data` section that say so.
struct TextLayout: Sendable {
  /// The formats read.
  enum Format: String, CaseIterable, Sendable { case lines, files, csv, tsv, jsonl }

  /// Where classes come from if not from the text's own record.
  enum Labels: String, CaseIterable, Sendable { case none, folder, entry }

  /// What is done about bytes that are not UTF-8.
  enum InvalidUTF8: String, CaseIterable, Sendable { case replace, fail }

  let format: Format
  /// The entries that are read; nil is all.
  let entries: [String]?
  let onInvalidUTF8: InvalidUTF8
  /// For lines and files.
  let labels: Labels
  /// The column or the field of the text, and those of its class.
  let text: String
  let label: String?
  let hasHeader: Bool
  /// What stands between the fields of a table; nil is found.
  let separator: CSVSeparator?
  let skipsUndecodable: Bool

  init(from section: SectionReader) throws(ManifestError) {
    format = try section(
      "format", .choice, default: .lines,
      "a text in each line, in each file, in each row of a table, in each line's JSON")
    switch format {
    case .lines, .files:
      labels = try section(
        "labels", .choice, default: .none,
        "what a text's class is: its entry's name, or the folder's that the entry is in")
      (text, label, hasHeader, separator) = ("", nil, false, nil)
    case .csv, .tsv:
      text = try section("column", .string, default: "text", "column of the texts, by name or by number from 1")
      label = try section(
        "labelColumn", .string, default: nil, "column of the classes; used to evaluate, never to train")
      hasHeader = try section("header", .boolean, default: true, "whether the first row names the columns")
      separator = try format == .tsv ? .tab : section.separator()
      labels = .none
    case .jsonl:
      text = try section(
        "field", .string, default: "text",
        "field of each line's object that holds the text; meta.body is the field body of the object at meta")
      label = try section(
        "labelField", .string, default: nil, "field of the classes; used to evaluate, never to train")
      (labels, hasHeader, separator) = (.none, false, nil)
    }
    entries = try section(
      "entries", .list(of: .string), default: nil, "entries of the source that are read; if absent, all")
    onInvalidUTF8 = try section(
      "onInvalidUTF8", .choice, default: .replace,
      "whether bytes that are not UTF-8, and halves of characters in JSON, are replaced by U+FFFD, or cannot be read"
    )
    let onUndecodable = try section.onUndecodable(
      "what is done about a line, a row or a file that cannot be read")
    skipsUndecodable = onUndecodable == .skip
    try section.check(entries?.isEmpty != true, "entries", "found an empty list; expected one entry or more")
  }

  /// Whether texts have classes.
  var hasLabels: Bool { labels != .none || label != nil }

  /// All options that change what is read, as text.
  var key: String {
    let names = [entries.map { "\($0)" }, text.debugDescription, label?.debugDescription].map { $0 ?? "none" }
    return "\(format.rawValue) \(names) header \(hasHeader) \(separator?.name ?? "auto") labels \(labels.rawValue) "
      + "\(onInvalidUTF8.rawValue) skip \(skipsUndecodable)"
  }
}
