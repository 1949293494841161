import Foundation

/// A picture of 8 bits a channel, grey or RGB, written as PNG (ISO/IEC 15948) without compression.
struct PNGFile {
  let width, height, channels: Int
  /// Rows from the top, channels of a point side by side.
  var bytes: [UInt8]

  /// A picture of one grey.
  init(width: Int, height: Int, channels: Int, filledWith value: UInt8) {
    (self.width, self.height, self.channels) = (width, height, channels)
    bytes = [UInt8](repeating: value, count: width * height * channels)
  }

  /// The file's bytes.
  var data: Data {
    var data = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    // 8 bits; colour type 0 is grey, 2 is RGB.
    append("IHDR", bigEndian(width) + bigEndian(height) + [8, channels == 3 ? 2 : 0, 0, 0, 0], to: &data)
    var rows: [UInt8] = []
    let stride = width * channels
    rows.reserveCapacity((stride + 1) * height)
    for row in 0..<height { rows += [0] + bytes[(row * stride)..<((row + 1) * stride)] }
    append("IDAT", zlibStored(rows), to: &data)
    append("IEND", [], to: &data)
    return data
  }

  private func append(_ type: String, _ content: [UInt8], to data: inout Data) {
    let body = Array(type.utf8) + content
    data += bigEndian(content.count) + body + bigEndian(Int(crc32(body)))
  }

  /// A zlib stream (RFC 1950) of stored blocks (RFC 1951, 3.2.4).
  private func zlibStored(_ bytes: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    var a: UInt32 = 1
    var b: UInt32 = 0
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    for start in stride(from: 0, to: bytes.count, by: 65535) {
      let block = bytes[start..<min(start + 65535, bytes.count)]
      let size = UInt16(block.count)
      stream.append(block.endIndex == bytes.count ? 1 : 0)
      for value in [size, ~size] { stream += [UInt8(value & 255), UInt8(value >> 8)] }
      stream += block
    }
    return stream + bigEndian(Int(b << 16 | a))
  }

  private func bigEndian(_ value: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(value >> ($0 * 8) & 255) } }

  private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes { crc = Self.table[Int((crc ^ UInt32(byte)) & 255)] ^ (crc >> 8) }
    return ~crc
  }

  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }
}
