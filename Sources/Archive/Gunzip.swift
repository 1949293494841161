/// Decompression of gzip data in memory.
enum Gunzip {
  /// The bytes decompressed if they are gzip, else as they are.
  static func expanded(
    _ bytes: [UInt8], of entry: ArchiveEntry, limit: Int
  ) throws(ArchiveError) -> [UInt8] {
    guard bytes.starts(with: GzipDecoder.magic.prefix(2)) else { return bytes }
    var rest = bytes[...]
    let decoder = try GzipDecoder(path: entry.path, entry: entry.name) { buffer in
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
    return try ArchiveEntry(path: entry.path, name: entry.name, size: nil, source: decoder.read).readAll(
      limit: limit)
  }
}
