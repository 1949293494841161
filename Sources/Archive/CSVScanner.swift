/// Splits a text into rows of fields; what they mean is not its business.
struct CSVScanner {
  private let path: String
  private let entry: String?
  private let bytes: [UInt8]
  private let separator: UInt8
  private var position: Int
  private var line = 1
  /// Where a quotation mark opened a field that does not end.
  private var opened: (position: Int, line: Int)?

  init(_ bytes: [UInt8], separator: UInt8, path: String, entry: String?) {
    self.path = path
    self.entry = entry
    self.bytes = bytes
    self.separator = separator
    // A byte order mark is not part of the first name.
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The next row that is not blank, or nil at the end. After an error the row behind the damaged one is next.
  mutating func row() throws(ArchiveError) -> CSVRow? {
    while position < bytes.count {
      let start = line
      let first = position
      let fields: [ArraySlice<UInt8>]
      do throws(ArchiveError) {
        fields = try self.fields()
      } catch {
        skipRow()
        throw error
      }
      let isBlank = fields.count == 1 && fields[0].isEmpty && !bytes[first..<position].contains(quote)
      endLine()
      if !isBlank { return CSVRow(line: start, fields: fields) }
    }
    return nil
  }

  private mutating func fields() throws(ArchiveError) -> [ArraySlice<UInt8>] {
    var fields = [try field()]
    while position < bytes.count, bytes[position] == separator {
      position += 1
      fields.append(try field())
    }
    return fields
  }

  /// Steps behind the line that is damaged. A field that does not end takes no more than the line it begins in.
  private mutating func skipRow() {
    if let opened { (position, line) = opened }
    opened = nil
    while position < bytes.count, !isLineEnd(bytes[position]) { position += 1 }
    endLine()
  }

  private mutating func field() throws(ArchiveError) -> ArraySlice<UInt8> {
    skipBlanks()
    if position < bytes.count, bytes[position] == quote { return try quotedField() }
    let start = position
    while position < bytes.count, bytes[position] != separator, !isLineEnd(bytes[position]) {
      guard bytes[position] != 0 else {
        let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        throw error(line, "found a zero byte; expected UTF-8 text" + (isWide ? ", and this is UTF-16" : ""))
      }
      position += 1
    }
    var end = position
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    return bytes[start..<end]
  }

  private mutating func quotedField() throws(ArchiveError) -> ArraySlice<UInt8> {
    let opening = (position: position, line: line)
    position += 1
    var start = position
    var before: [UInt8] = []
    while position < bytes.count {
      guard bytes[position] == quote else {
        if isLineEnd(bytes[position]) { endLine() } else { position += 1 }
        continue
      }
      guard position + 1 < bytes.count, bytes[position + 1] == quote else { break }
      before += bytes[start...position]
      position += 2
      start = position
    }
    guard position < bytes.count else {
      opened = opening
      throw error(opening.line, "a quotation mark opens a field that does not end")
    }
    let text = before.isEmpty ? bytes[start..<position] : (before + bytes[start..<position])[...]
    position += 1
    skipBlanks()
    guard position == bytes.count || bytes[position] == separator || isLineEnd(bytes[position]) else {
      throw error(line, "found text behind a closing quotation mark; expected a separator")
    }
    return text
  }

  func error(_ line: Int, _ message: String) -> ArchiveError {
    ArchiveError(path: path, entry: entry, line: line, message: message)
  }

  /// Steps over a line end of one byte or two.
  private mutating func endLine() {
    guard position < bytes.count else { return }
    let isPair = bytes[position] == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A
    position += isPair ? 2 : 1
    line += 1
  }

  private mutating func skipBlanks() {
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 && separator != 0x09 }
  private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
  private var quote: UInt8 { 0x22 }
}
