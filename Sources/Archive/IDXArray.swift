/// An array of bytes in the IDX format of the MNIST files.
///
/// The format is two zero bytes, the type, the rank, one size per dimension as 4 bytes (big endian), then the
/// elements in row-major order. Only type 0x08, unsigned bytes, and ranks 1 to 4 are read.
public struct IDXArray: Hashable, Sendable {
  /// The sizes of the dimensions, outermost first.
  public let shape: [Int]
  /// The elements in row-major order.
  public let bytes: [UInt8]

  /// Reads an IDX array that fills `bytes` exactly; `path` and `entry` say where it came from, for errors.
  public init(_ bytes: [UInt8], path: String, entry: String) throws(ArchiveError) {
    func error(_ message: String) -> ArchiveError {
      ArchiveError(path: path, entry: entry, message: "IDX: \(message)")
    }
    guard bytes.count >= 4 else { throw error("found \(bytes.count) bytes; expected a header of at least 8") }
    guard bytes[0] == 0, bytes[1] == 0 else {
      throw error("found \(hex(bytes[0])) \(hex(bytes[1])) at the start; expected 0x00 0x00")
    }
    guard bytes[2] == 0x08 else {
      throw error("found type \(hex(bytes[2])); expected 0x08, unsigned bytes")
    }
    let rank = Int(bytes[3])
    guard (1...4).contains(rank) else { throw error("found rank \(rank); expected 1 to 4") }
    let header = 4 + 4 * rank
    guard bytes.count >= header else {
      throw error("found \(bytes.count) bytes; expected a header of \(header) for rank \(rank)")
    }
    let shape = (0..<rank).map { dimension in
      bytes[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
    let sizes = shape.map(String.init).joined(separator: " x ")
    guard !shape.contains(0) else { throw error("found dimensions \(sizes); expected sizes of at least 1") }
    var expected = 1
    for size in shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      guard !overflow else { throw error("found dimensions \(sizes); their product is too large") }
      expected = product
    }
    guard bytes.count - header == expected else {
      throw error("found \(bytes.count - header) elements; expected \(expected) for dimensions \(sizes)")
    }
    self.shape = shape
    self.bytes = Array(bytes[header...])
  }
}

private func hex(_ byte: UInt8) -> String {
  (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
}
