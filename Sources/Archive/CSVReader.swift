/// Reads a table of separated fields row by row (RFC 4180, and the same with other separators).
///
/// A field in quotation marks may hold separators, line ends and, doubled, quotation marks; elsewhere blanks around
/// a field do not belong to it. Lines end in LF, CR LF or CR; blank ones are skipped. All rows have equally many
/// fields. Lines and columns are counted from 1 in messages. After an error about a row the next one can be read.
public struct CSVReader {
  /// The sign of the fraction in numbers.
  public enum Decimal: String, CaseIterable, Sendable {
    /// A point; a comma where that does not separate fields and no number has a point.
    case auto
    case point, comma
  }

  /// The names of the columns: those of the header, or 1, 2 and so on. A column that has none is called "".
  public let columns: [String]
  /// What stands between fields.
  public let separator: CSVSeparator
  /// Whether a number was read that had a comma.
  public private(set) var hasDecimalCommas = false
  private var hasDecimalPoints = false
  private let decimal: Decimal
  private let hasHeader: Bool
  private let path: String
  private let entry: String?
  private var scanner: CSVScanner
  private var pending: CSVRow?

  /// Takes the text; throws if there is no row.
  ///
  /// - Parameters:
  ///   - separator: what stands between fields; nil finds it.
  ///   - header: whether the first row names the columns.
  ///   - path: where the text came from, for errors; so is `entry`, nil for the whole file.
  public init(
    _ bytes: [UInt8], separator: CSVSeparator? = nil, decimal: Decimal = .auto, header: Bool, path: String,
    entry: String? = nil
  ) throws(ArchiveError) {
    self.path = path
    self.entry = entry
    self.decimal = decimal
    hasHeader = header
    self.separator = separator ?? .found(in: bytes)
    scanner = CSVScanner(bytes, separator: self.separator.rawValue, path: path, entry: entry)
    guard let first = try scanner.row() else {
      throw ArchiveError(path: path, entry: entry, message: "found no rows")
    }
    guard header else {
      columns = first.fields.indices.map { "\($0 + 1)" }
      pending = first
      return
    }
    columns = first.fields.map { String(decoding: $0, as: UTF8.self) }
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
        row.line,
        "found \(row.fields.count) fields; expected \(columns.count) as in the first row\(hint(columns.first ?? ""))"
      )
    }
    return row
  }

  /// The place of a column, by its name or else by its number, counted from 1. Throws if there is none, or if several
  /// columns have the name.
  public func place(of column: String) throws(ArchiveError) -> Int {
    let places = columns.indices.filter { columns[$0] == column && !column.isEmpty }
    guard places.count < 2 else {
      let numbers = places.map { "\($0 + 1)" }.joined(separator: ", ")
      throw error("\(places.count) columns are called \(column.quoted): \(numbers), counted from 1; use a number")
    }
    if let place = places.first { return place }
    if let number = Int(column), columns.indices.contains(number - 1) { return number - 1 }
    let shown = columns.prefix(12).map { hasHeader ? $0.quoted : $0 }.joined(separator: ", ")
    let rest = columns.count > 12 ? " and \(columns.count - 12) more" : ""
    throw error("no column \(column.quoted); found \(shown)\(rest)\(hint(columns.first ?? ""))")
  }

  /// Whether a column counts rows, as data frames write their index: its name is empty, or `Unnamed: 0` and the like,
  /// which it becomes when such a table is written again.
  public func isNameless(_ place: Int) -> Bool {
    columns[place].isEmpty || columns[place] == "Unnamed: \(place)"
  }

  /// A field's text.
  public func text(_ place: Int, of row: CSVRow) throws(ArchiveError) -> String {
    guard let text = String(validating: row.fields[place], as: UTF8.self) else {
      throw error("found bytes that are not UTF-8", place, of: row)
    }
    return text
  }

  /// A field's number, which is finite.
  public mutating func number(_ place: Int, of row: CSVRow) throws(ArchiveError) -> Double {
    let text = String(decoding: row.fields[place], as: UTF8.self)
    let hasPoint = text.contains(".")
    // Swift reads hexadecimal digits, too, which no table means.
    if !text.contains(where: { "xX".contains($0) }), let number = Double(text), number.isFinite,
      !(hasPoint && decimal == .comma)
    {
      guard !hasPoint || !hasDecimalCommas else { throw mixed(text, place, row) }
      hasDecimalPoints = hasDecimalPoints || hasPoint
      return number
    }
    let isComma = decimal == .comma || decimal == .auto && separator != .comma
    if let number = Self.number(withComma: text) {
      guard isComma else {
        throw error("found \(text.quoted); expected a finite number with a point", place, of: row)
      }
      guard !hasDecimalPoints else { throw mixed(text, place, row) }
      hasDecimalCommas = true
      return number
    }
    throw error("found \(text.quoted); expected a finite number\(hint(text))", place, of: row)
  }

  /// What `number(_:of:)` lacks of a whole number of more than 15 digits: it is the sum of both.
  public func remainder(_ place: Int, of row: CSVRow) -> Double {
    let digits = row.fields[place]
    guard digits.count > 15, let whole = Int(String(decoding: digits, as: UTF8.self)) else { return 0 }
    return NPYArray.remainder(whole)
  }

  private static func number(withComma text: String) -> Double? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, !text.contains("."), parts[0].last?.isWholeNumber ?? true,
      parts[1].first?.isWholeNumber == true, let number = Double("\(parts[0]).\(parts[1])"), number.isFinite
    else { return nil }
    return number
  }

  private func mixed(_ text: String, _ place: Int, _ row: CSVRow) -> ArchiveError {
    error(
      "found \(text.quoted); other numbers have another decimal sign: expected a point or a comma in all", place,
      of: row)
  }

  /// A table that has one column only because another separator was looked for.
  private func hint(_ text: String) -> String {
    guard columns.count == 1,
      let other = CSVSeparator.all.first(where: { $0 != separator && text.utf8.contains($0.rawValue) })
    else { return "" }
    return "; fields were looked for between \(separator.name)s, but there is a \(other.name)"
  }

  /// An error about the table as a whole.
  public func error(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }

  /// An error about a row.
  public func error(_ message: String, of row: CSVRow) -> ArchiveError { scanner.error(row.line, message) }

  /// An error about a field.
  public func error(_ message: String, _ place: Int, of row: CSVRow) -> ArchiveError {
    let isNamed = hasHeader && !columns[place].isEmpty
    return ArchiveError(
      path: path, entry: entry, line: row.line, column: isNamed ? columns[place].quoted : "\(place + 1)",
      message: message)
  }
}

/// A row of a table.
public struct CSVRow: Sendable {
  /// The line it begins in, counted from 1.
  public let line: Int
  let fields: [ArraySlice<UInt8>]

  /// A field's bytes, for callers that can use text which is not UTF-8.
  public func bytes(_ place: Int) -> ArraySlice<UInt8> { fields[place] }
}
