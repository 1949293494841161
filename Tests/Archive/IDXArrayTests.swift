import Archive
import Testing

@Suite struct IDXArrayTests {
  @Test func readsVectorsAndImages() throws {
    let names = ["labels-idx1-ubyte", "images-idx3-ubyte"]
    let found = try DataSource(path: Fixture.path("idx")).entries(named: names)
    let labels = try IDXArray(#require(found[names[0]]), path: "p", entry: names[0])
    #expect(labels.shape == [5])
    #expect(labels.bytes == [3, 1, 4, 1, 5])
    let images = try IDXArray(#require(found[names[1]]), path: "p", entry: names[1])
    #expect(images.shape == [2, 3, 4])
    #expect(images.bytes == Array(0..<24))
  }

  @Test(
    arguments: [
      ([0, 0, 8], "found 3 bytes; expected a header of at least 8"),
      ([0x1F, 0x8B, 8, 1], "found 0x1F 0x8B at the start; expected 0x00 0x00"),
      ([0, 0, 0x0D, 1, 0, 0, 0, 1, 7], "found type 0x0D; expected 0x08, unsigned bytes"),
      ([0, 0, 8, 0, 7], "found rank 0; expected 1 to 4"),
      ([0, 0, 8, 5, 0], "found rank 5; expected 1 to 4"),
      ([0, 0, 8, 2, 0, 0, 0, 1, 0], "found 9 bytes; expected a header of 12 for rank 2"),
      ([0, 0, 8, 1, 0, 0, 0, 0], "found dimensions 0; expected sizes of at least 1"),
      ([0, 0, 8, 1, 0, 0, 0, 2, 7], "found 1 elements; expected 2 for dimensions 2"),
      ([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 1, 7, 7], "found 2 elements; expected 1 for dimensions 1 x 1"),
      (
        [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12),
        "found dimensions 4294967295 x 4294967295 x 4294967295; their product is too large"
      ),
    ] as [([UInt8], String)])
  func refuses(_ bytes: [UInt8], _ message: String) {
    let error = #expect(throws: ArchiveError.self) { try IDXArray(bytes, path: "p", entry: "e") }
    #expect(error?.description == "p, entry \"e\": IDX: \(message)")
  }

  @Test func piecesAreTheElements() throws {
    let source = DataSource(path: Fixture.path("idx"))
    var entries = 0
    try source.forEachEntry(named: ["images-idx3-ubyte"]) { _, entry in
      let header = try IDXHeader(reading: entry)
      #expect(header.shape == [2, 3, 4] && header.count == 24)
      var bytes: [UInt8] = []
      try header.forEachPiece(of: entry) { bytes += $0 }
      #expect(bytes == Array(0..<24))
      entries += 1
    }
    try source.forEachEntry(named: ["labels-idx1-ubyte"]) { _, entry in
      let error = #expect(throws: ArchiveError.self) { try IDXArray(reading: entry, limit: 4) }
      #expect(error?.message == "IDX: found 5 elements; allowed are 4")
      entries += 1
    }
    #expect(entries == 2)
  }

  /// A header that promises much costs nothing before the elements come.
  @Test(arguments: [(3, "found 3 elements; expected 4"), (5, "found more than 4 elements; expected 4")])
  func elementsThatAreOtherThanSaid(_ count: Int, _ message: String) throws {
    let fixture = try Fixture()
    let path = try fixture.file("a", [0, 0, 8, 1, 0, 0, 0, 4] + [UInt8](repeating: 1, count: count))
    var messages: [String?] = []
    try DataSource(path: path).forEachEntry { entry in
      messages.append(#expect(throws: ArchiveError.self) { try IDXArray(reading: entry, limit: 100) }?.message)
      return true
    }
    #expect(messages == ["IDX: \(message) for dimensions 4"])
  }
}
