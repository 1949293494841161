/// Reads a table of separated fields row by row (RFC 4180, and the same with tabs).
///
/// A field in quotation marks may hold separators, line ends and, doubled, quotation marks; elsewhere blanks around
/// a field do not belong to it. Lines end in LF, CR LF or CR; blank ones are skipped. All rows have equally many
/// fields. Lines and columns are counted from 1 in messages.
public struct CSVReader {
  /// What stands between fields.
  public enum Separator: UInt8, Sendable {
    case comma = 0x2C
    case tab = 0x09
  }

  /// The names of the columns: those of the header, or 1, 2 and so on.
  public let columns: [String]
  private let hasHeader: Bool
  private let path: String
  private let entry: String?
  private var scanner: CSVScanner
  private var pending: CSVRow?

  /// Takes the text; `path` and `entry` say where it came from, for errors, nil for the whole file. Throws if there is no row, or if the
  /// columns of the header are not named, each with a name of its own.
  public init(
    _ bytes: [UInt8], separator: Separator = .comma, header: Bool, path: String, entry: String? = nil
  ) throws(ArchiveError) {
    self.path = path
    self.entry = entry
    hasHeader = header
    scanner = CSVScanner(bytes, separator: separator.rawValue, path: path, entry: entry)
    guard let first = try scanner.row() else {
      throw ArchiveError(path: path, entry: entry, message: "found no rows")
    }
    guard header else {
      columns = first.fields.indices.map { "\($0 + 1)" }
      pending = first
      return
    }
    var names: [String] = []
    var seen: Set<String> = []
    for (place, field) in first.fields.enumerated() {
      guard let name = String(validating: field, as: UTF8.self), !name.isEmpty else {
        throw scanner.error(first.line, "column \(place + 1) has no name, or one that is not UTF-8")
      }
      guard seen.insert(name).inserted else {
        throw scanner.error(first.line, "two columns are called \(name.quoted)")
      }
      names.append(name)
    }
    columns = names
  }

  /// The next row, or nil at the end.
  public mutating func next() throws(ArchiveError) -> CSVRow? {
    if let row = pending {
      pending = nil
      return row
    }
    guard let row = try scanner.row() else { return nil }
    guard row.fields.count == columns.count else {
      throw scanner.error(
        row.line, "found \(row.fields.count) fields; expected \(columns.count) as in the first row")
    }
    return row
  }

  /// The place of a column. Throws if there is none of that name.
  public func place(of column: String) throws(ArchiveError) -> Int {
    if let place = columns.firstIndex(of: column) { return place }
    let shown = columns.prefix(12).map { hasHeader ? $0.quoted : $0 }.joined(separator: ", ")
    let rest = columns.count > 12 ? " and \(columns.count - 12) more" : ""
    throw error("no column \(column.quoted); found \(shown)\(rest)")
  }

  /// A field's text.
  public func text(_ place: Int, of row: CSVRow) throws(ArchiveError) -> String {
    guard let text = String(validating: row.fields[place], as: UTF8.self) else {
      throw error("found bytes that are not UTF-8", place, of: row)
    }
    return text
  }

  /// A field's number, which is finite.
  public func number(_ place: Int, of row: CSVRow) throws(ArchiveError) -> Float {
    let text = String(decoding: row.fields[place], as: UTF8.self)
    guard let number = Float(text), number.isFinite else {
      throw error("found \(text.quoted); expected a finite number", place, of: row)
    }
    return number
  }

  /// An error about the table as a whole.
  public func error(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }

  /// An error about a row.
  public func error(_ message: String, of row: CSVRow) -> ArchiveError { scanner.error(row.line, message) }

  /// An error about a field.
  public func error(_ message: String, _ place: Int, of row: CSVRow) -> ArchiveError {
    let column = hasHeader ? columns[place].quoted : columns[place]
    return error("line \(row.line), column \(column): \(message)")
  }
}

/// A row of a table.
public struct CSVRow: Sendable {
  /// The line it begins in, counted from 1.
  public let line: Int
  let fields: [ArraySlice<UInt8>]
}
