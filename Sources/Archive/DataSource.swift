import Foundation

/// Data on disk: a plain file, a compressed file, a folder or an archive, all read in the same way.
///
/// Archives (tar, zip, 7z, rar, cab, iso, xar) and compression (gzip, bzip2, xz, lzip, zstd, lz4) are
/// recognised by content. Nothing is unpacked to disk, so the names of entries are only labels.
public struct DataSource: Hashable, Sendable {
  /// The path as the user gave it.
  public let path: String
  /// How much it may hold.
  public let limits: ReadingLimits

  /// Names a source; nothing is read until entries are asked for.
  public init(path: String, limits: ReadingLimits = ReadingLimits()) {
    self.path = path
    self.limits = limits
  }

  /// Streams the entries in their order until `body` returns false.
  ///
  /// An archive gives its regular files; folders, links and devices in it are skipped. A file that is not an
  /// archive gives itself, decompressed and named without the suffix of the compression. A folder gives the files
  /// in it and its sub-folders as they are, in the order of their relative paths; links are skipped.
  ///
  /// Throws an `ArchiveError` for a source that is missing, unreadable, empty, damaged or cut short, or that holds more
  /// than `limits` allow, and whatever `body` throws. Compressed files are read to their end even if `body` stops, for
  /// the checksums that stand there. In other sources damage behind the entry where `body` stopped is not seen.
  public func forEachEntry(_ body: (ArchiveEntry) throws -> Bool) throws {
    switch try kind() {
    case .folder:
      let folder = try Folder(path: path)
      let meter = ReadingMeter(path: path, limits: limits, fileSize: nil)
      for name in folder.names {
        guard try visit(folder.open(name), name: name, meter, body) else { return }
      }
    case .file:
      let size = try DiskFile(path: path, followsLink: true).size
      let stream = try ArchiveStream(
        path: path, meter: ReadingMeter(path: path, limits: limits, fileSize: size))
      var isEmpty = true
      while let entry = try stream.next() {
        isEmpty = false
        defer { entry.close() }
        guard try body(entry) else { return try stream.finish(entry) }
      }
      if isEmpty { throw ArchiveError(path: path, message: "the archive holds no files") }
    }
  }

  private func visit(
    _ file: DiskFile, name: String, _ meter: ReadingMeter, _ body: (ArchiveEntry) throws -> Bool
  ) throws -> Bool {
    try meter.begin(name, size: file.size)
    let entry = ArchiveEntry(path: path, name: name, size: file.size) {
      (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in try file.read(into: buffer)
    }
    defer { entry.close() }
    return try body(entry)
  }

  enum Kind { case file, folder }

  /// What the source is; a link at the path itself is followed, since the user named it.
  func kind() throws(ArchiveError) -> Kind {
    switch try DiskFile.kind(of: path, followsLink: true) {
    case .folder: return .folder
    case .other: throw ArchiveError(path: path, message: "found neither a file nor a folder")
    case .file:
      guard try DiskFile(path: path, followsLink: true).size > 0 else {
        throw ArchiveError(path: path, message: "the file is empty")
      }
      return .file
    }
  }
}
