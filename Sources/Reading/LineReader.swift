public import Archive

/// Reads the lines of an entry one after another; they end in LF, CR LF or CR, which do not belong to them.
///
/// Of the entry no more than the current line and one piece are in memory. A byte order mark is left out.
public struct LineReader {
  private static let pieceSize = 1 << 16

  private let entry: ArchiveEntry
  private let limit: Int
  private var buffer: [UInt8] = []
  private var start = 0
  private var scanned = 0
  private var number = 0
  private var isAtEnd = false
  /// Whether the last line ended in CR, so that an LF belongs to its end.
  private var mayHaveLF = false

  /// Reads an entry from its beginning; a line has at most `limit` bytes.
  public init(_ entry: ArchiveEntry, limit: Int) { (self.entry, self.limit) = (entry, limit) }

  /// The next line, counted from 1, or nil at the end. Throws if it is longer than the limit.
  public mutating func next() throws(ArchiveError) -> (number: Int, bytes: ArraySlice<UInt8>)? {
    while true {
      if mayHaveLF, start < buffer.count {
        if buffer[start] == 0x0A { (start, scanned) = (start + 1, start + 1) }
        mayHaveLF = false
      }
      if let end = buffer[scanned...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
        defer { (start, scanned, mayHaveLF) = (end + 1, end + 1, buffer[end] == 0x0D) }
        return line(buffer[start..<end])
      }
      scanned = buffer.count
      if isAtEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        return line(buffer[start...])
      }
      guard buffer.count - start <= limit else {
        throw ArchiveError(
          path: entry.path, entry: entry.name,
          message: "line \(number + 1): found more than \(limit) bytes without a line end")
      }
      try fill()
    }
  }

  private mutating func line(_ bytes: ArraySlice<UInt8>) -> (number: Int, bytes: ArraySlice<UInt8>) {
    number += 1
    var bytes = bytes
    if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    return (number, bytes)
  }

  /// Drops the lines that are done and appends the next piece.
  private mutating func fill() throws(ArchiveError) {
    buffer.removeFirst(start)
    (start, scanned) = (0, scanned - start)
    let old = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: Self.pieceSize))
    let result = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(ArchiveError) in
        try entry.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[old...]))
      }
    }
    let count = try result.get()
    buffer.removeLast(Self.pieceSize - count)
    isAtEnd = count == 0
  }
}
