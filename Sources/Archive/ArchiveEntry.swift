/// A file in a data source, readable once, from its beginning to its end, while it is handed out.
public final class ArchiveEntry {
  /// The most bytes an entry may hold unless the caller says otherwise: 4 GiB.
  public static let defaultLimit = 4 << 30

  /// The path of the source that the entry is in.
  public let path: String
  /// The entry's name. It is a label from the archive and must never be used as a path.
  public let name: String
  /// The number of bytes, where the source states it before the bytes.
  public let size: Int?
  /// Whether its name is one that systems keep for themselves, or begins with a dot.
  let isHidden: Bool

  /// Counts what no header states; nil if the size is known.
  private let meter: ReadingMeter?
  private let source: (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
  private var position = 0
  private var isOpen = true

  init(
    path: String, name: String, size: Int?, isHidden: Bool = false, meter: ReadingMeter? = nil,
    source: @escaping (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int
  ) {
    self.path = path
    self.name = name
    self.size = size
    self.isHidden = isHidden
    self.meter = size == nil ? meter : nil
    self.source = source
  }

  /// Reads the next bytes and returns how many; 0 means the end, and that the entry was whole.
  ///
  /// Checksums are compared at the end, so read until 0 before trusting the bytes.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    guard isOpen else { throw error("read after the next entry was asked for") }
    guard !buffer.isEmpty else { return 0 }
    let count = try source(buffer)
    position += count
    try meter?.take(count, of: name, position: position)
    if let size, count == 0 ? position != size : position > size {
      throw error("found \(position) bytes; expected \(size)")
    }
    return count
  }

  /// Reads all the bytes that are left; more than `limit` are an error.
  public func readAll(limit: Int = ArchiveEntry.defaultLimit) throws(ArchiveError) -> [UInt8] {
    let tooLarge = "allowed are \(limit)"
    if let size, size > limit { throw error("found \(size) bytes; \(tooLarge)") }
    var bytes: [UInt8] = []
    // A stated size may be false, so little is set aside for it before the bytes come.
    bytes.reserveCapacity(min(size ?? 0, 1 << 26))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      if count == 0 { return bytes }
      guard count <= limit - bytes.count else { throw error("found more than \(limit) bytes; \(tooLarge)") }
      bytes.append(contentsOf: buffer[..<count])
    }
  }

  func close() { isOpen = false }

  func error(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: name, message: message) }
}

extension ArchiveEntry {
  /// An entry of which `bytes` are all that it holds; it stays readable when others of its source are asked for.
  public convenience init(holding bytes: [UInt8], path: String, name: String) {
    var rest = bytes[...]
    self.init(path: path, name: name, size: bytes.count) {
      (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in rest.move(to: buffer)
    }
  }
}

extension ArraySlice<UInt8> {
  /// Moves as many of the first bytes as fit into a buffer and returns how many.
  mutating func move(to buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = Swift.min(buffer.count, self.count)
    buffer.copyBytes(from: prefix(count))
    self = dropFirst(count)
    return count
  }
}

extension ArchiveEntry {
  /// Reads until `buffer` is full or the entry ends, and returns how many bytes came.
  public func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  /// The next `count` bytes, fewer only at the entry's end.
  public func bytes(upTo count: Int) throws(ArchiveError) -> [UInt8] {
    var bytes: [UInt8] = []
    // The count may come from a header that is false, so little is set aside for it before the bytes come.
    bytes.reserveCapacity(min(count, 1 << 24))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, 1 << 18), alignment: 16)
    defer { buffer.deallocate() }
    while bytes.count < count {
      let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(count - bytes.count))
      let filled = try read(into: piece)
      if filled == 0 { break }
      bytes.append(contentsOf: piece.prefix(filled))
    }
    return bytes
  }

  /// Reads what is left and forgets it.
  func skip() throws(ArchiveError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    defer { buffer.deallocate() }
    while try read(into: buffer) > 0 {}
  }
}
