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
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    defer { buffer.deallocate() }
    return Array(buffer.prefix(try fill(buffer)))
  }

  /// Reads what is left and forgets it.
  func skip() throws(ArchiveError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    defer { buffer.deallocate() }
    while try read(into: buffer) > 0 {}
  }
}
