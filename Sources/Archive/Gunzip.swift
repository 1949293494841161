/// Decompression of a source's entries that are gzip themselves, within the source's limits.
struct Gunzip {
  private let path: String
  private let limits: ReadingLimits
  /// Counts what all entries together become.
  private let total: ReadingMeter

  /// Decompresses entries of the source at `path`, which `limits` hold for decompressed, too.
  init(path: String, limits: ReadingLimits) {
    self.path = path
    self.limits = limits
    total = ReadingMeter(path: path, limits: limits, fileSize: nil)
  }

  /// An entry from its beginning, decompressed as it is read if it is gzip. More than the limits allow of a file of as
  /// many bytes are an error.
  func expanded(_ entry: ArchiveEntry) throws(ArchiveError) -> ArchiveEntry {
    var start = try entry.bytes(upTo: 2)[...]
    let isGzip = start.elementsEqual(GzipDecoder.magic.prefix(2))
    let file = ReadingMeter(path: path, limits: limits, fileSize: entry.size ?? 0)
    let source = { (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      let count = start.isEmpty ? try entry.read(into: buffer) : start.move(to: buffer)
      // Where no size is stated, what was read so far is the file.
      if entry.size == nil { file.fileSize = (file.fileSize ?? 0) + count }
      return count
    }
    guard isGzip else { return ArchiveEntry(path: path, name: entry.name, size: entry.size, source: source) }
    let decoder = try GzipDecoder(path: path, entry: entry.name, source: source)
    var position = 0
    return ArchiveEntry(path: path, name: entry.name, size: nil, meter: file) {
      [total] (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      let count = try decoder.read(into: buffer)
      position += count
      try total.take(count, of: entry.name, position: position)
      return count
    }
  }
}
