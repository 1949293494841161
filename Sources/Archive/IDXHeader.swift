/// What stands before the elements of an array in the IDX format of the MNIST files.
///
/// The format is two zero bytes, the type, the rank, one size per dimension as 4 bytes (big endian), then the
/// elements in row-major order. Only type 0x08, unsigned bytes, and ranks 1 to 4 are read.
public struct IDXHeader: Hashable, Sendable {
  /// About this many bytes of an array are in memory at a time.
  private static let chunkBytes = 1 << 23

  /// The sizes of the dimensions, outermost first.
  public let shape: [Int]
  /// The number of elements, of a byte each.
  public let count: Int

  /// Reads a header from the beginning of an entry and leaves the entry at the first element.
  public init(reading entry: ArchiveEntry) throws(ArchiveError) {
    func error(_ message: String) -> ArchiveError { entry.error("IDX: \(message)") }
    let start = try entry.bytes(upTo: 4)
    guard start.count == 4 else { throw error("found \(start.count) bytes; expected a header of at least 8") }
    guard start[0] == 0, start[1] == 0 else {
      throw error("found \(hex(start[0])) \(hex(start[1])) at the start; expected 0x00 0x00")
    }
    guard start[2] == 0x08 else {
      throw error("found type \(hex(start[2])); expected 0x08, unsigned bytes")
    }
    let rank = Int(start[3])
    guard (1...4).contains(rank) else { throw error("found rank \(rank); expected 1 to 4") }
    let bytes = try entry.bytes(upTo: 4 * rank)
    guard bytes.count == 4 * rank else {
      throw error("found \(4 + bytes.count) bytes; expected a header of \(4 + 4 * rank) for rank \(rank)")
    }
    shape = (0..<rank).map { dimension in
      bytes[(4 * dimension)..<(4 * dimension + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    let sizes = Self.text(shape)
    guard !shape.contains(0) else { throw error("found dimensions \(sizes); expected sizes of at least 1") }
    var expected = 1
    for size in shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      guard !overflow else { throw error("found dimensions \(sizes); their product is too large") }
      expected = product
    }
    count = expected
  }

  /// Hands out the elements behind the header, piece after piece, none above 8 MiB.
  ///
  /// Throws, after the pieces that were there, unless they are as many as the header says and the entry was whole.
  public func forEachPiece(of entry: ArchiveEntry, _ body: ([UInt8]) throws -> Void) throws {
    var found = 0
    while found < count {
      let piece = try entry.bytes(upTo: min(Self.chunkBytes, count - found))
      if piece.isEmpty { throw entry.error(sizeProblem("\(found)")) }
      try body(piece)
      found += piece.count
    }
    guard try entry.bytes(upTo: 1).isEmpty else { throw entry.error(sizeProblem("more than \(count)")) }
  }

  /// What is wrong if the elements behind the header are another number, given as text.
  func sizeProblem(_ found: String) -> String {
    "IDX: found \(found) elements; expected \(count) for dimensions \(Self.text(shape))"
  }

  private static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: " x ") }
}

private func hex(_ byte: UInt8) -> String {
  (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
}
