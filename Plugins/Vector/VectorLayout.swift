import Archive
import IICCore
import Manifest
import Reading

/// How vectors are laid out in their source: the keys of the `data` section that say so.
struct VectorLayout: Sendable {
  /// The formats read.
  enum Format: String, CaseIterable, Sendable { case npy, csv, tsv }

  let format: Format
  let array, labels, ids: String?
  let columns: [String]?
  let hasHeader: Bool
  /// What stands between the fields of a table; nil is found.
  let separator: CSVSeparator?
  let decimal: CSVReader.Decimal
  let skipsUndecodable: Bool

  /// Reads the section, whose source is at `path`.
  init(from section: SectionReader, path: String) throws(ManifestError) {
    let name = EntryPath(path.hasSuffix(".gz") ? String(path.dropLast(3)) : path)
    format = try section(
      "format", .choice, default: Format(rawValue: name.suffix) ?? .npy,
      "an array of NumPy's [n, D], also in npz, or a table; if absent, what the suffix of the source says, or npy")
    array = try section(
      "array", .string, default: nil, "entry with the vectors; if absent, the only one of the format")
    labels = try section(
      "labels", .string, default: nil,
      "npy: entry with a whole number for each vector; csv, tsv: column of classes; used to evaluate, never to train"
    )
    let onUndecodable = try section.onUndecodable(
      "what is done about a row that cannot be read or holds something other than finite numbers")
    skipsUndecodable = onUndecodable == .skip
    guard format != .npy else {
      (columns, ids, hasHeader, separator, decimal) = (nil, nil, false, nil, .auto)
      return
    }
    columns = try section(
      "columns", .list(of: .string), default: nil,
      "columns that are features, by name or by number from 1; if absent, all but labels, ids and those without a name"
    )
    ids = try section("ids", .string, default: nil, "column of names; if absent, items are called by row, from 0")
    hasHeader = try section(
      "header", .boolean, default: true,
      "whether the first row names the columns; if not, they are called 1, 2, ...")
    separator = try format == .tsv ? .tab : section.separator()
    decimal = try section(
      "decimal", .choice, default: .auto,
      "sign of the fraction in numbers; auto takes commas for it that separate no fields")
    try section.check(columns?.isEmpty != true, "columns", "found an empty list; expected one column or more")
  }

  /// The files of a folder that matter, by the names that they have there; nil is all. In an archive all is hashed.
  func entries(of source: DataSource) throws -> [String]? {
    guard let array, try source.filesOnDisk() != nil else { return nil }
    let names = format == .npy ? [array] + (labels.map { [$0] } ?? []) : [array]
    return try names.map { try source.entry(called: $0, suffix: ".\(format.rawValue)") }
  }

  /// All options that change what is read, as text.
  var key: String {
    let columns = columns.map { "\($0)" } ?? "all"
    let names = [array, labels, ids].map { $0?.debugDescription ?? "none" }
    return "\(format.rawValue) \(names) columns \(columns) header \(hasHeader) \(separator?.name ?? "auto") "
      + "\(decimal.rawValue) skip \(skipsUndecodable)"
  }

  /// Reads the vectors.
  func table(of source: DataSource) throws -> VectorTable {
    let suffix = ".\(format.rawValue)"
    let array =
      if let array { try source.entry(called: array, suffix: suffix) } else {
        try source.onlyEntry(suffix: suffix, besides: labels)
      }
    switch format {
    case .csv, .tsv:
      let bytes = try source.entries(named: [array])[array] ?? []
      let reader = try CSVReader(
        bytes, separator: separator, decimal: decimal, header: hasHeader, path: source.path, entry: array)
      return try VectorTable(reader, self)
    case .npy:
      let labels = try labels.map { try source.entry(called: $0, suffix: suffix) }
      let entries = try source.entries(named: [array] + (labels.map { [$0] } ?? []))
      let vectors = try NPYArray(entries[array] ?? [], path: source.path, entry: array)
      var table = try VectorTable(vectors, skippingUndecodable: skipsUndecodable) {
        ArchiveError(path: source.path, entry: array, message: $0)
      }
      if let labels {
        try table.setLabels(NPYArray(entries[labels] ?? [], path: source.path, entry: labels)) {
          ArchiveError(path: source.path, entry: labels, message: $0)
        }
      }
      return table
    }
  }
}
