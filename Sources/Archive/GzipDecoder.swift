import CZlib

/// Decompresses gzip data, one member or several, and compares the checksum and length at the end of each; zlib data, too.
final class GzipDecoder {
  /// What is around the compressed data.
  enum Wrapping: Int32 {
    case zlib = 0
    /// As `inflateInit2_` is asked for it, and with it for the comparison of its checksums.
    case gzip = 16
  }

  typealias Source = (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

  /// The first bytes of gzip data, the third of which says that it is deflated.
  static let magic: [UInt8] = [0x1F, 0x8B, 0x08]

  private enum Place { case inside, between, end }

  private let source: Source
  private let path: String
  private let entry: String?
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  // zlib keeps the address of this, so it must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var place = Place.inside

  /// Begins with the next bytes of `source`; `path` and `entry` are what errors name.
  init(
    path: String, entry: String? = nil, wrapping: Wrapping = .gzip, source: @escaping Source
  ) throws(ArchiveError) {
    self.source = source
    self.path = path
    self.entry = entry
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, MAX_WBITS + wrapping.rawValue, ZLIB_VERSION, size) == Z_OK else {
      throw error("zlib has no memory for a decompressor")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  /// Decompresses the next bytes and returns how many; 0 means the end, and that all of it was whole.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    let room = UInt32(clamping: buffer.count)
    while place != .end {
      if stream.pointee.avail_in == 0 { try refill() }
      if place == .between, try !beginsMember() { continue }
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = room
      let isAtEnd = stream.pointee.avail_in == 0
      let status = inflate(stream, Z_NO_FLUSH)
      switch status {
      case Z_STREAM_END: place = .between
      case Z_OK, Z_BUF_ERROR: break
      default:
        let reason = stream.pointee.msg.map { ": \(String(cString: $0))" } ?? ""
        throw error("the gzip data is damaged\(reason)")
      }
      let count = room - stream.pointee.avail_out
      if count > 0 { return Int(count) }
      if isAtEnd, place == .inside { throw error("truncated gzip input") }
    }
    return 0
  }

  private func refill() throws(ArchiveError) {
    let count = try source(input)
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = UInt32(count)
  }

  /// Whether another member follows the one that has ended. Zeros may, up to the end: tapes are filled up with them.
  private func beginsMember() throws(ArchiveError) -> Bool {
    guard stream.pointee.avail_in > 0, let next = stream.pointee.next_in else {
      place = .end
      return false
    }
    guard next.pointee == 0 else {
      guard inflateReset(stream) == Z_OK else { throw error("zlib cannot begin the next gzip member") }
      place = .inside
      return true
    }
    while stream.pointee.avail_in > 0 {
      let rest = UnsafeBufferPointer(start: stream.pointee.next_in, count: Int(stream.pointee.avail_in))
      guard rest.allSatisfy({ $0 == 0 }) else { throw error("found bytes behind the gzip data that are not gzip") }
      try refill()
    }
    place = .end
    return false
  }

  private func error(_ message: String) -> ArchiveError { ArchiveError(path: path, entry: entry, message: message) }
}
