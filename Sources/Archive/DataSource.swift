import Foundation

/// Data on disk: a plain file, a compressed file, a folder or an archive, all read in the same way.
///
/// Archives (tar, zip, 7z, rar, cab, iso, xar) and compression (gzip, bzip2, xz, lzip, zstd, lz4) are
/// recognised by content. Nothing is unpacked to disk, so the names of entries are only labels.
public struct DataSource: Hashable, Sendable {
  /// Which symbolic links in a folder are followed.
  public enum Links: String, CaseIterable, Sendable {
    /// Those that lead to files and folders within the folder.
    case inside
    /// All.
    case anywhere
  }

  /// The path as the user gave it.
  public let path: String
  /// How much it may hold.
  public let limits: ReadingLimits
  /// The character set of names that the source does not say to be in UTF-8; nil takes them for UTF-8 and writes bytes
  /// that are not as `\xE9`.
  public let nameEncoding: NameEncoding?
  /// Which symbolic links in a folder are followed.
  public let links: Links
  private let log = OmissionLog()

  /// Names a source; nothing is read until entries are asked for.
  public init(
    path: String, limits: ReadingLimits = ReadingLimits(), nameEncoding: NameEncoding? = nil, links: Links = .inside
  ) {
    self.path = path
    self.limits = limits
    self.nameEncoding = nameEncoding
    self.links = links
  }

  /// The same way of reading for another path.
  public func with(path: String) -> DataSource {
    DataSource(path: path, limits: limits, nameEncoding: nameEncoding, links: links)
  }

  /// Streams the entries in their order until `body` returns false.
  ///
  /// An archive gives its regular files and hard links; folders are skipped, and symbolic links and devices left out. A
  /// file that is not an archive gives itself, decompressed and named without the suffix of the compression. A folder
  /// gives the files in it and its sub-folders as they are, in the order of their relative paths. A symbolic link in it
  /// is what it leads to, if that is in the folder or `links` allows it; else it is left out. Unless `hidden`, names that
  /// begin with a dot, or are of files and folders that systems keep for themselves, are left out, too.
  /// What was left out is then in `omissions`.
  ///
  /// Throws an `ArchiveError` for a source that is missing, unreadable, empty, damaged or cut short, or that holds more
  /// than `limits` allow, and whatever `body` throws. Compressed files are read to their end even if `body` stops, for
  /// the checksums that stand there. In other sources damage behind the entry where `body` stopped is not seen.
  public func forEachEntry(hidden: Bool = false, _ body: (ArchiveEntry) throws -> Bool) throws {
    var passing = Omissions()
    var isEmpty = true
    func visit(_ entry: ArchiveEntry) throws -> Bool {
      isEmpty = false
      return try body(entry)
    }
    func isLeftOut(_ name: String, _ isHidden: Bool) -> Bool {
      guard isHidden, !hidden else { return false }
      passing.add(name, .hidden)
      return true
    }
    switch try kind() {
    case .folder:
      let folder = try folder()
      passing.add(folder.hidden)
      let meter = ReadingMeter(path: path, limits: limits, fileSize: nil)
      for name in folder.names where !isLeftOut(name, EntryName.isHidden(name)) {
        let entry = try entry(name, of: folder, meter)
        defer { entry.close() }
        guard try visit(entry) else { break }
      }
      guard !isEmpty else { throw nothing("folder", passing) }
    case .file:
      let stream = try ArchiveStream(self)
      while let entry = try stream.next() {
        defer { entry.close() }
        guard try isLeftOut(entry.name, entry.isHidden) || visit(entry) else {
          try stream.finish(entry)
          break
        }
      }
      passing.add(stream.omissions)
      guard !isEmpty else { throw nothing("archive", passing) }
    }
    log.note(inReading: passing)
  }

  private func entry(_ name: String, of folder: Folder, _ meter: ReadingMeter) throws(ArchiveError) -> ArchiveEntry
  {
    let file = try folder.open(name)
    try meter.begin(name, size: file.size)
    return ArchiveEntry(path: path, name: name, size: file.size) {
      (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in try file.read(into: buffer)
    }
  }

  private func nothing(_ what: String, _ passing: Omissions) -> ArchiveError {
    ArchiveError(
      path: path, message: "the \(what) holds no files\(omissions.onDisk.remark)\(passing.remark)")
  }

  /// What is left out of the source whatever is asked for: of a folder, what the last look at its files found, and what
  /// the longest pass over the entries came by.
  public var omissions: (onDisk: Omissions, inReading: Omissions) { log.omissions }

  /// The folder's files as they are now.
  func folder() throws(ArchiveError) -> Folder {
    let folder = try Folder(self)
    log.note(onDisk: folder.omissions)
    return folder
  }

  public static func == (one: DataSource, other: DataSource) -> Bool {
    one.path == other.path && one.limits == other.limits && one.nameEncoding == other.nameEncoding
      && one.links == other.links
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(path)
    hasher.combine(limits)
    hasher.combine(nameEncoding)
    hasher.combine(links)
  }

  enum Kind { case file, folder }

  /// What the source is; a link at the path itself is followed, since the user named it.
  func kind() throws(ArchiveError) -> Kind {
    switch try DiskFile.kind(of: path) {
    case .folder: return .folder
    case .link, .other: throw ArchiveError(path: path, message: "found neither a file nor a folder")
    case .file:
      guard try DiskFile(path: path, followsLink: true).size > 0 else {
        throw ArchiveError(path: path, message: "the file is empty")
      }
      return .file
    }
  }
}
