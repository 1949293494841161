/// An array of bytes in the IDX format of the MNIST files, in memory as a whole; see `IDXHeader`.
public struct IDXArray: Hashable, Sendable {
  /// The sizes of the dimensions, outermost first.
  public let shape: [Int]
  /// The elements in row-major order.
  public let bytes: [UInt8]

  /// Reads an IDX array that fills `bytes` exactly; `path` and `entry` say where it came from, for errors.
  public init(_ bytes: [UInt8], path: String, entry: String) throws(ArchiveError) {
    let entry = ArchiveEntry(holding: bytes, path: path, name: entry)
    let header = try IDXHeader(reading: entry)
    let elements = try entry.readAll(limit: .max)
    guard elements.count == header.count else { throw entry.error(header.sizeProblem("\(elements.count)")) }
    shape = header.shape
    self.bytes = elements
  }

  /// Reads the array that an entry holds; more than `limit` elements are an error.
  public init(reading entry: ArchiveEntry, limit: Int) throws {
    let header = try IDXHeader(reading: entry)
    guard header.count <= limit else {
      throw entry.error("IDX: found \(header.count) elements; allowed are \(limit)")
    }
    var elements: [UInt8] = []
    try header.forEachPiece(of: entry) { elements += $0 }
    shape = header.shape
    bytes = elements
  }
}
