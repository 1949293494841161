import CArchive
import Foundation

/// Entries of one file read through libarchive, which sees any file as an archive of at least itself.
final class ArchiveStream {
  /// What is next in an archive, apart from what is left out.
  enum Header {
    case file(ArchiveEntry)
    /// Another name of the file `target`, whose bytes do not come again.
    case link(name: String, target: String)
  }

  /// What was left out so far.
  private(set) var omissions = Omissions()
  private let path: String
  private let names: NameEncoding?
  private let meter: ReadingMeter
  private let links: LinkedFiles
  private var handle: LibArchive
  private var last: String?
  /// The files and links so far.
  private var count = 0

  /// Begins to read an archive, or a file that is none, within the source's limits.
  convenience init(_ source: DataSource) throws(ArchiveError) {
    let size = try DiskFile(path: source.path, followsLink: true).size
    let meter = ReadingMeter(path: source.path, limits: source.limits, fileSize: size)
    try self.init(path: source.path, names: source.nameEncoding, meter: meter, plain: false)
  }

  private init(path: String, names: NameEncoding?, meter: ReadingMeter, plain: Bool) throws(ArchiveError) {
    self.path = path
    self.names = names
    self.meter = meter
    links = LinkedFiles { () throws(ArchiveError) in
      try ArchiveStream(path: path, names: names, meter: meter.anew(), plain: plain)
    }
    handle = try Self.reader(of: path, meter)
    try open(plain: plain)
  }

  private static func reader(of path: String, _ meter: ReadingMeter) throws(ArchiveError) -> LibArchive {
    try LibArchive(ArchiveInput(path: path, meter: meter), path: path)
  }

  private func open(plain: Bool) throws(ArchiveError) {
    guard handle.open(plain: plain, names: names) == ARCHIVE_OK, handle.failure == nil else { throw failure() }
    guard !handle.isCompressedTwice else {
      throw ArchiveError(
        path: path, message: "found data compressed more than once; decompress it until once is left")
    }
  }

  /// The next file, or nil at the end. A hard link is a file like others.
  func next() throws(ArchiveError) -> ArchiveEntry? {
    switch try nextHeader() {
    case .file(let entry): return entry
    case .link(let name, let target): return link(name, to: target, at: count - 1)
    case nil: return nil
    }
  }

  /// The next file or hard link, or nil at the end.
  func nextHeader() throws(ArchiveError) -> Header? {
    while true {
      var header: OpaquePointer?
      let status = handle.perform { archive_read_next_header($0, &header) }
      guard handle.failure == nil else { throw failure() }
      if status != ARCHIVE_OK, last == nil, handle.format != ARCHIVE_FORMAT_RAW, try startsWithZeros() {
        handle = try Self.reader(of: path, meter)
        try open(plain: true)
        continue
      }
      if status == ARCHIVE_EOF {
        try checkEnd()
        return nil
      }
      // Names are converted below; every other warning is about damage.
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN && handle.message?.contains("convert") == true,
        let header
      else { throw failure() }
      if handle.format == ARCHIVE_FORMAT_RAW { return .file(try wholeFile()) }
      let name = try name(of: header)
      last = name
      if let found = try self.header(of: name, header) {
        count += 1
        return found
      }
      try meter.pass()
    }
  }

  private func header(of name: String, _ header: OpaquePointer) throws(ArchiveError) -> Header? {
    let isSized = archive_entry_size_is_set(header) != 0
    let size = isSized ? Int(archive_entry_size(header)) : nil
    // Some archives give a hard link's bytes again.
    if size ?? 0 == 0, let target = handle.perform({ _ in archive_entry_hardlink(header).map(Self.bytes) }) {
      try meter.begin(name, size: nil)
      return .link(name: name, target: text(of: target))
    }
    switch archive_entry_filetype(header) {
    case S_IFREG:
      return .file(try entry(name, size: size, isEncrypted: archive_entry_is_data_encrypted(header) != 0))
    case S_IFDIR: return nil
    case S_IFLNK: omissions.add(name, .archived)
    default: omissions.add(name, .special)
    }
    return nil
  }

  /// Goes on from the current entry to the end of compressed data, whose checksum stands there.
  func finish(_ entry: ArchiveEntry) throws(ArchiveError) {
    guard handle.isCompressed else { return }
    // libarchive skips such an entry without reading it.
    if handle.format == ARCHIVE_FORMAT_RAW { try entry.skip() }
    while try next() != nil {}
  }

  private func entry(
    _ name: String, size: Int?, isEncrypted: Bool = false, isHidden: Bool? = nil
  ) throws(ArchiveError) -> ArchiveEntry {
    try meter.begin(name, size: size)
    let isHidden = isHidden ?? EntryName.isHidden(name)
    let hasHoles = handle.format == ARCHIVE_FORMAT_TAR
    var position = 0, isAtEnd = false
    return ArchiveEntry(path: path, name: name, size: size, isHidden: isHidden, meter: meter) {
      [handle, path] (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      guard !isEncrypted else { throw ArchiveError(path: path, entry: name, message: LibArchive.encrypted) }
      let count = isAtEnd ? 0 : try handle.read(into: buffer, path: path, entry: name)
      position += count
      isAtEnd = count == 0
      guard isAtEnd, hasHoles, let size, position < size else { return count }
      // libarchive fills holes with zeros, but not one to the end. Of a file cut short it would have said so.
      let zeros = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(size - position))
      zeros.initializeMemory(as: UInt8.self, repeating: 0)
      position += zeros.count
      return zeros.count
    }
  }

  /// A file whose bytes are another's; they are looked for when they are read.
  private func link(_ name: String, to target: String, at place: Int) -> ArchiveEntry {
    var file: ArchiveEntry?
    return ArchiveEntry(path: path, name: name, size: nil, isHidden: EntryName.isHidden(name), meter: meter) {
      [links, path] (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      if file == nil { file = try links.file(ofLinkAt: place) }
      guard let file else {
        throw ArchiveError(
          path: path, entry: name,
          message: "found a hard link to \(target.quoted), which is not before it in the archive")
      }
      return try file.read(into: buffer)
    }
  }

  /// The file as its own entry, unless its name says that it should be something else.
  private func wholeFile() throws(ArchiveError) -> ArchiveEntry {
    var name = FileName(path)
    if let suffix = name.compression {
      guard handle.isCompressed else {
        throw ArchiveError(path: path, message: "found no .\(suffix) data; the file is damaged or cut short")
      }
      name.dropCompression()
    }
    if let suffix = name.archive {
      throw ArchiveError(path: path, message: "found no .\(suffix) archive; the file is damaged or cut short")
    }
    return try entry(name.text, size: nil, isHidden: false)
  }

  /// libarchive takes a tar archive cut between two entries for a whole one; a whole one has an end mark.
  private func checkEnd() throws(ArchiveError) {
    guard handle.format == ARCHIVE_FORMAT_TAR, handle.stoppedAtHeader else { return }
    throw ArchiveError(path: path, message: "the tar archive has no end mark; it is cut short\(place)")
  }

  /// Whether a file is data that libarchive takes for the end of a tar archive, as raw pixels may begin.
  private func startsWithZeros() throws(ArchiveError) -> Bool {
    var name = FileName(path)
    if name.compression != nil { name.dropCompression() }
    guard name.archive == nil else { return false }
    let meter = ReadingMeter(path: path, limits: ReadingLimits(), fileSize: nil)
    let stream = try ArchiveStream(path: path, names: names, meter: meter, plain: true)
    guard let entry = try stream.next() else { return false }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 512, alignment: 16)
    defer { block.deallocate() }
    var count = 0
    while count < block.count {
      let more = try entry.read(into: UnsafeMutableRawBufferPointer(rebasing: block[count...]))
      if more == 0 { return false }
      count += more
    }
    return block.allSatisfy { $0 == 0 }
  }

  private func failure() -> ArchiveError {
    var message = handle.failure?.message ?? handle.message ?? "the data is damaged or cut short"
    // Any data at all is at least a plain file to libarchive.
    if message == "Unrecognized archive format" { message = "found no data; the file is empty or cut short" }
    return ArchiveError(path: path, message: message + place)
  }

  private var place: String { last.map { ", after entry \($0.quoted)" } ?? "" }

  /// What the entry is called. The bytes may be in any character set, unless libarchive was told which.
  private func name(of header: OpaquePointer) throws(ArchiveError) -> String {
    if let bytes = handle.perform({ _ in archive_entry_pathname(header).map(Self.bytes) }) {
      return text(of: bytes)
    }
    let isMarked = names == nil || handle.message?.contains("from UTF-8") == true
    throw ArchiveError(
      path: path,
      message: isMarked
        ? "found a name that the archive says is UTF-8 and that is not\(place)"
        : "found a name that is none in \(names?.description ?? "")\(place); without names such bytes are kept")
  }

  /// A name as text. Zips of Windows may have backslashes between folders, which libarchive leaves in names that it
  /// cannot convert.
  private func text(of bytes: [UInt8]) -> String {
    let (slash, backslash) = (UInt8(ascii: "/"), UInt8(ascii: "\\"))
    guard handle.format == ARCHIVE_FORMAT_ZIP, !bytes.contains(slash),
      String(validating: bytes, as: UTF8.self) == nil
    else { return EntryName.text(of: bytes) }
    return EntryName.text(of: bytes.map { $0 == backslash ? slash : $0 })
  }

  private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
  }
}
