import CArchive

/// Decompression of gzip data in memory.
enum Gunzip {
  /// The bytes decompressed if they are gzip, else as they are.
  static func expanded(
    _ bytes: [UInt8], of entry: ArchiveEntry, limit: Int
  ) throws(ArchiveError) -> [UInt8] {
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    // Pinned for all of the reader's life; a closure of `withUnsafeBytes` could not throw a typed error.
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { input.deallocate() }
    input.copyBytes(from: bytes)
    let handle = try LibArchive(path: entry.path)
    handle.supportGzip()
    var header: OpaquePointer?
    let opened = handle.perform { archive in
      let status = archive_read_open_memory(archive, input.baseAddress, input.count)
      return status == ARCHIVE_OK ? archive_read_next_header(archive, &header) : status
    }
    let empty = opened != ARCHIVE_OK && handle.message == "Unrecognized archive format"
    guard opened == ARCHIVE_OK, handle.isCompressed else {
      throw entry.error(
        empty || opened == ARCHIVE_OK
          ? "found gzip data that is empty or cut short" : handle.message ?? "the gzip data is damaged")
    }
    let expanded = ArchiveEntry(path: entry.path, name: entry.name, size: nil) {
      (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      try handle.read(into: buffer, path: entry.path, entry: entry.name)
    }
    return try expanded.readAll(limit: limit)
  }
}
