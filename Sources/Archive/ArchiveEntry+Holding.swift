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
