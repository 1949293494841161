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
