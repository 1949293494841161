extension ArchiveEntry {
  /// An entry of which `bytes` are all that it holds, read before; it stays readable when others are asked for.
  public convenience init(holding bytes: [UInt8], of entry: ArchiveEntry) {
    var rest = bytes[...]
    self.init(path: entry.path, name: entry.name, size: bytes.count) {
      (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in rest.move(to: buffer)
    }
  }

  /// This entry from its beginning, decompressed if it is gzip, within `limits`.
  func expanded(_ limits: ReadingLimits) throws(ArchiveError) -> ArchiveEntry {
    let start = try bytes(upTo: 2)
    var rest = start[...]
    let source = { [self] (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      guard rest.isEmpty else { return rest.move(to: buffer) }
      return try read(into: buffer)
    }
    guard start.elementsEqual(GzipDecoder.magic.prefix(2)) else {
      return ArchiveEntry(path: path, name: name, size: size, source: source)
    }
    let decoder = try GzipDecoder(path: path, entry: name, source: source)
    let meter = ReadingMeter(path: path, limits: limits, fileSize: size)
    return ArchiveEntry(path: path, name: name, size: nil, meter: meter, source: decoder.read)
  }
}

extension ArraySlice<UInt8> {
  /// Moves as many of the first bytes as fit into a buffer and returns how many.
  fileprivate mutating func move(to buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = Swift.min(buffer.count, self.count)
    buffer.copyBytes(from: prefix(count))
    self = dropFirst(count)
    return count
  }
}
