import CArchive
import Foundation

/// A file as libarchive reads it: piece by piece, decompressed here if it is gzip.
///
/// libarchive can decompress gzip, too, but does not compare its checksums. And whatever the compression, libarchive
/// may decompress without end before it gives the next entry. So it is given small pieces, and with each of them what
/// has come of those before is held against the limits.
final class ArchiveInput {
  /// What a few bytes of the strongest compression become takes some seconds, not hours.
  private static let smallPiece = 1 << 12

  /// Whether the file is gzip.
  var isGzip: Bool { gzip != nil }
  /// What stopped the reading; libarchive learns only that something did.
  private(set) var failure: ArchiveError?

  private let file: DiskFile
  private let meter: ReadingMeter
  private let gzip: GzipDecoder?
  private let block: UnsafeMutableRawBufferPointer
  /// What of the block was not handed over yet.
  private var rest = 0..<0
  /// The place in the file, or in the decompressed data, behind what was handed over.
  private var position = 0

  init(path: String, meter: ReadingMeter) throws(ArchiveError) {
    let file = try DiskFile(path: path, followsLink: true)
    self.file = file
    self.meter = meter
    let start = UnsafeMutableRawBufferPointer.allocate(byteCount: GzipDecoder.magic.count, alignment: 1)
    defer { start.deallocate() }
    let count = try file.read(into: start, at: 0)
    var place = 0
    gzip =
      start.prefix(count).elementsEqual(GzipDecoder.magic)
      ? try GzipDecoder(path: path) { buffer throws(ArchiveError) in
        let count = try file.read(into: buffer, at: place)
        place += count
        return count
      } : nil
    block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  }

  deinit { block.deallocate() }

  /// Hands over the next piece, valid until the next call; nil if something went wrong, empty at the end.
  fileprivate func next(_ archive: OpaquePointer) -> UnsafeRawBufferPointer? {
    guard failure == nil else { return nil }
    do {
      let isCompressed = archive_filter_code(archive, 0) != ARCHIVE_FILTER_NONE
      try meter.expand(to: isCompressed ? Int(archive_filter_bytes(archive, 0)) : isGzip ? position : 0)
      if rest.isEmpty { rest = 0..<(try fill()) }
      // In the beginning libarchive does not know the compression.
      let isSmall = isCompressed || position == 0
      let piece = rest.prefix(isSmall ? Self.smallPiece : rest.count)
      rest = piece.upperBound..<rest.upperBound
      position += piece.count
      return UnsafeRawBufferPointer(rebasing: block[piece])
    } catch {
      failure = error
      return nil
    }
  }

  private func fill() throws(ArchiveError) -> Int {
    guard let gzip else { return try file.read(into: block, at: position) }
    var count = 0
    while count < block.count {
      let more = try gzip.read(into: UnsafeMutableRawBufferPointer(rebasing: block[count...]))
      if more == 0 { break }
      count += more
    }
    return count
  }

  /// Goes to a place in the file and returns it; nil if it is none.
  fileprivate func seek(to place: Int) -> Int? {
    guard !isGzip, failure == nil, place >= 0 else { return nil }
    let ahead = place - position
    rest = ahead >= 0 && ahead <= rest.count ? rest.dropFirst(ahead) : 0..<0
    position = place
    return place
  }

  fileprivate func seek(by offset: Int64, from origin: Int32) -> Int? {
    let start = origin == SEEK_SET ? 0 : origin == SEEK_CUR ? position : file.size
    let (place, overflow) = start.addingReportingOverflow(Int(offset))
    return overflow ? nil : seek(to: place)
  }

  /// Skips some or all of `count` bytes and returns how many.
  fileprivate func skip(_ count: Int64) -> Int {
    let start = position
    guard count > 0, let place = seek(to: min(position + min(Int(count), file.size), file.size)) else { return 0 }
    return place - start
  }
}

extension ArchiveInput {
  /// Makes a reader of libarchive's read this input, which must outlive it.
  func open(_ archive: OpaquePointer) -> Int32 {
    var status = archive_read_set_read_callback(archive) { archive, context, place in
      guard let archive, let context, let piece = ArchiveInput.of(context).next(archive) else {
        return Int(ARCHIVE_FATAL)
      }
      place?.pointee = piece.baseAddress
      return piece.count
    }
    if !isGzip {
      let seeking = archive_read_set_seek_callback(archive) { _, context, offset, origin in
        guard let context, let place = ArchiveInput.of(context).seek(by: offset, from: origin) else {
          return Int64(ARCHIVE_FATAL)
        }
        return Int64(place)
      }
      let skipping = archive_read_set_skip_callback(archive) { _, context, count in
        context.map { Int64(ArchiveInput.of($0).skip(count)) } ?? 0
      }
      status = min(status, seeking, skipping)
    }
    status = min(status, archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque()))
    guard status == ARCHIVE_OK else { return status }
    return archive_read_open1(archive)
  }

  private static func of(_ context: UnsafeMutableRawPointer) -> ArchiveInput {
    Unmanaged<ArchiveInput>.fromOpaque(context).takeUnretainedValue()
  }
}
