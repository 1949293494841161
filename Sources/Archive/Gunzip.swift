/// Decompression of gzip data that are entries of a source, in memory.
struct Gunzip {
  private let path: String
  private let limits: ReadingLimits
  /// Counts what all entries together become.
  private let meter: ReadingMeter

  /// Decompresses entries of the source at `path`, which `limits` hold for decompressed, too.
  init(path: String, limits: ReadingLimits) {
    self.path = path
    self.limits = limits
    meter = ReadingMeter(path: path, limits: limits, fileSize: nil)
  }

  /// The bytes decompressed if they are gzip, else as they are. More than `limit`, or than the source's limits allow
  /// of a file of as many bytes, are an error.
  func expanded(_ bytes: [UInt8], of entry: ArchiveEntry, limit: Int) throws(ArchiveError) -> [UInt8] {
    guard bytes.starts(with: GzipDecoder.magic.prefix(2)) else { return bytes }
    var rest = bytes[...]
    let decoder = try GzipDecoder(path: path, entry: entry.name) { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
    let file = ReadingMeter(path: path, limits: limits, fileSize: bytes.count)
    let expanded = try ArchiveEntry(
      path: path, name: entry.name, size: nil, meter: file, source: decoder.read
    ).readAll(limit: limit)
    try meter.take(expanded.count, of: entry.name, position: expanded.count)
    return expanded
  }
}
