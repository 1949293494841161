import CArchive
import Foundation

/// Entries of one file read through libarchive, which sees any file as an archive of at least itself.
final class ArchiveStream {
  private let path: String
  private let meter: ReadingMeter
  private var handle: LibArchive
  private var last: String?

  init(path: String, meter: ReadingMeter) throws(ArchiveError) {
    self.path = path
    self.meter = meter
    handle = try Self.reader(of: path, meter)
    try open(plain: false)
  }

  private static func reader(of path: String, _ meter: ReadingMeter) throws(ArchiveError) -> LibArchive {
    try LibArchive(ArchiveInput(path: path, meter: meter), path: path)
  }

  private func open(plain: Bool) throws(ArchiveError) {
    guard handle.open(plain: plain) == ARCHIVE_OK, handle.failure == nil else { throw failure() }
    guard !handle.isCompressedTwice else {
      throw ArchiveError(
        path: path, message: "found data compressed more than once; decompress it until once is left")
    }
  }

  /// The next regular file, or nil at the end.
  func next() throws(ArchiveError) -> ArchiveEntry? {
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
      // A name that cannot be converted is still a label; every other warning is about damage.
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN && handle.message?.contains("convert") == true,
        let header
      else { throw failure() }
      if handle.format == ARCHIVE_FORMAT_RAW { return try wholeFile() }
      let name = handle.perform { _ in ArchiveStream.name(of: header) }
      last = name
      guard archive_entry_filetype(header) == S_IFREG, archive_entry_hardlink(header) == nil else {
        try meter.pass()
        continue
      }
      return try entry(name, size: archive_entry_size_is_set(header) != 0 ? Int(archive_entry_size(header)) : nil)
    }
  }

  /// Goes on from the current entry to the end of compressed data, whose checksum stands there.
  func finish(_ entry: ArchiveEntry) throws(ArchiveError) {
    guard handle.isCompressed else { return }
    // libarchive skips such an entry without reading it.
    if handle.format == ARCHIVE_FORMAT_RAW { try entry.skip() }
    while try next() != nil {}
  }

  private func entry(_ name: String, size: Int?) throws(ArchiveError) -> ArchiveEntry {
    try meter.begin(name, size: size)
    return ArchiveEntry(path: path, name: name, size: size, meter: meter) {
      [handle, path] (buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int in
      try handle.read(into: buffer, path: path, entry: name)
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
    return try entry(name.text, size: nil)
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
    let stream = try ArchiveStream(plain: path)
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

  private init(plain path: String) throws(ArchiveError) {
    self.path = path
    meter = ReadingMeter(path: path, limits: ReadingLimits(), fileSize: nil)
    handle = try Self.reader(of: path, meter)
    try open(plain: true)
  }

  private func failure() -> ArchiveError {
    var message = handle.failure?.message ?? handle.message ?? "the data is damaged or cut short"
    // Any data at all is at least a plain file to libarchive.
    if message == "Unrecognized archive format" { message = "found no data; the file is empty or cut short" }
    return ArchiveError(path: path, message: message + place)
  }

  private var place: String { last.map { ", after entry \($0.quoted)" } ?? "" }

  private static func name(of header: OpaquePointer) -> String {
    guard let name = archive_entry_pathname_utf8(header) ?? archive_entry_pathname(header) else { return "" }
    return String(cString: name)
  }
}
