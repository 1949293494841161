import CZlib
public import Foundation

/// Writes a picture of 8 bits as PNG (ISO/IEC 15948), some rows at a time, so that one of any size needs little memory. The
/// file is whole or absent.
public struct PNGWriter: ~Copyable {
  /// What a pixel is.
  public enum Pixels: Sendable {
    case grey, rgb
    /// An index into these colours, of red, green and blue; at most 256.
    case palette([[UInt8]])

    var channels: Int { if case .rgb = self { 3 } else { 1 } }
    var colourType: UInt8 {
      switch self {
      case .grey: 0
      case .rgb: 2
      case .palette: 3
      }
    }
  }

  private let path: String
  private let stride: Int
  private let deflater: Deflater
  private let file: WholeFile
  /// The rows that are still to come.
  private var rowsLeft: Int

  /// Begins the file of a picture.
  public init(at url: URL, width: Int, height: Int, pixels: Pixels) throws(UserError) {
    path = url.relativePath
    stride = width * pixels.channels
    rowsLeft = height
    var start = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    start += Self.chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, pixels.colourType, 0, 0, 0])
    if case .palette(let colours) = pixels { start += Self.chunk("PLTE", Array(colours.joined())) }
    deflater = Deflater()
    file = try Self.begin(url, start)
  }

  private static func begin(_ url: URL, _ start: Data) throws(UserError) -> WholeFile {
    do {
      let file = try WholeFile(at: url)
      try file.append(start)
      return file
    } catch {
      throw UserError("\(url.relativePath): cannot be written: \(error)")
    }
  }

  /// A picture as the bytes of its file.
  public static func data(width: Int, height: Int, pixels: Pixels, _ bytes: [UInt8]) -> Data {
    let stride = width * pixels.channels
    precondition(bytes.count == stride * height, "found \(bytes.count) bytes; expected \(height) rows of \(stride)")
    var start = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    start += chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, pixels.colourType, 0, 0, 0])
    if case .palette(let colours) = pixels { start += chunk("PLTE", Array(colours.joined())) }
    var rows: [UInt8] = []
    rows.reserveCapacity(bytes.count + height)
    for row in Swift.stride(from: 0, to: bytes.count, by: stride) {
      rows.append(0)
      rows += bytes[row..<(row + stride)]
    }
    return start + chunk("IDAT", ZlibStream.deflated(rows)) + chunk("IEND", [])
  }

  /// Adds whole rows, from the top, channels of a pixel side by side.
  public mutating func append(_ rows: some Collection<UInt8>) throws(UserError) {
    let bytes = Array(rows)
    guard bytes.count % stride == 0, bytes.count / stride <= rowsLeft else {
      throw UserError("\(path): \(bytes.count) bytes were given for \(rowsLeft) rows of \(stride)")
    }
    rowsLeft -= bytes.count / stride
    for start in Swift.stride(from: 0, to: bytes.count, by: stride) {
      // The row's filter, none: flat label maps are compressed best so.
      try write(deflater.deflated([0] + bytes[start..<start + stride], isLast: false))
    }
  }

  /// Gives the file its name. Throws if rows are missing.
  public consuming func finish() throws(UserError) {
    let path = path
    guard rowsLeft == 0 else { throw UserError("\(path): \(rowsLeft) rows are missing") }
    try write(deflater.deflated([], isLast: true))
    do {
      try file.append(Self.chunk("IEND", []))
      try file.finish()
    } catch {
      throw UserError("\(path): cannot be written: \(error)")
    }
  }

  private func write(_ deflated: [UInt8]) throws(UserError) {
    guard !deflated.isEmpty else { return }
    do {
      try file.append(Self.chunk("IDAT", deflated))
    } catch {
      throw UserError("\(path): cannot be written: \(error)")
    }
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> Data {
    let body = Array(type.utf8) + content
    let checksum = crc32(0, body, UInt32(body.count))
    return Data(bigEndian(content.count) + body + bigEndian(Int(checksum)))
  }
}

private func bigEndian(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 255) } }

/// Bytes as one zlib stream (RFC 1950).
public enum ZlibStream {
  /// The stream of some bytes.
  public static func deflated(_ bytes: [UInt8]) -> [UInt8] { Deflater().deflated(bytes, isLast: true) }
}

/// A zlib stream (RFC 1950) that is made piece by piece.
private final class Deflater {
  /// Its address is zlib's, so it must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  /// What was deflated and not handed out: pieces of some size make few chunks.
  private var waiting: [UInt8] = []

  init() {
    stream.initialize(to: z_stream())
    let status = deflateInit_(stream, 6, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has no memory for a compressor")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// Takes bytes and gives what is ready to be written; all of it after the last ones.
  func deflated(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    var input = bytes
    var output = [UInt8](repeating: 0, count: 1 << 15)
    let (stream, room) = (stream, output.count)
    input.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      var isDone = false
      while !isDone {
        let count = output.withUnsafeMutableBufferPointer { output in
          stream.pointee.next_out = output.baseAddress
          stream.pointee.avail_out = UInt32(room)
          deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          return room - Int(stream.pointee.avail_out)
        }
        waiting += output[..<count]
        isDone = count < room
      }
    }
    guard isLast || waiting.count >= 1 << 16 else { return [] }
    defer { waiting = [] }
    return waiting
  }
}
