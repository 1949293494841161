import Archive
import Foundation
import Testing

@Suite struct DataSourceTests {
  @Test(arguments: [
    "files.tar", "files.tar.gz", "files.tgz", "files.tar.bz2", "files.tar.xz", "files.tar.zst", "files.zip",
    "stored.zip", "files.7z", "files",
  ])
  func containersGiveTheSame(_ name: String) throws {
    let expected = try ["a.txt", "sub/b.bin"].map { Pair(name: $0, bytes: try Fixture.bytes("files/" + $0)) }
    #expect(expected.map(\.bytes.count) == [310, 1500])
    var found = try DataSource(path: Fixture.path(name)).all()
    if name.contains(".t") { #expect(found.remove(at: 1) == Pair(name: "hard", bytes: expected[0].bytes)) }
    #expect(found == expected)
  }

  @Test(arguments: ["files/sub/b.bin", "b.bin.gz", "b.bin.xz"])
  func aFileIsItsOwnEntry(_ name: String) throws {
    let expected = Pair(name: "b.bin", bytes: try Fixture.bytes("files/sub/b.bin"))
    #expect(try DataSource(path: Fixture.path(name)).all() == [expected])
  }

  @Test func namesAreLabels() throws {
    let tar = try DataSource(path: Fixture.path("names.tar.gz")).all()
    #expect(tar.map(\.name) == ["../up.txt", "/etc/absolute", "./dot/x.idx.gz", "grüße\n.txt"])
    #expect(tar.first?.bytes == Array("up".utf8))
    let zip = try DataSource(path: Fixture.path("names.zip")).all()
    #expect(zip.map(\.name) == ["../up.txt", "grüße.txt"])
  }

  @Test func entriesByName() throws {
    let source = DataSource(path: Fixture.path("names.tar.gz"))
    let found = try source.entries(named: ["dot/x.idx", "../up.txt"])
    #expect(found == ["dot/x.idx": Array("inside".utf8), "../up.txt": Array("up".utf8)])
    #expect(try source.entries(named: ["dot/x.idx.gz"]) == ["dot/x.idx.gz": Array("inside".utf8)])
    let text = try Fixture.bytes("files/a.txt")
    #expect(
      try DataSource(path: Fixture.path("files")).entries(named: ["./a.txt.gz"]) == ["./a.txt.gz": text])
    let whole = try DataSource(path: Fixture.path("b.bin.gz")).entries(named: ["b.bin"])
    #expect(whole["b.bin"]?.count == 1500)
  }

  @Test func aMissingNameListsWhatThereIs() {
    let path = Fixture.path("many.zip")
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["n3", "m"]) }
    let names = (0..<8).map { "\"n\($0)\"" }.joined(separator: ", ")
    #expect(error?.description == "\(path): no entry \"m\"; found \(names) and 3 more")
  }

  @Test func limitsHoldBeforeAndAfterDecompression() throws {
    let fixture = try Fixture()
    let path = Fixture.path("files.tar.gz")
    let stated = #expect(throws: ArchiveError.self) {
      try DataSource(path: path).entries(named: ["a.txt"], limit: 309)
    }
    #expect(stated?.description == "\(path), entry \"a.txt\": found 310 bytes; allowed are 309")
    #expect(try DataSource(path: path).entries(named: ["a.txt"], limit: 310)["a.txt"]?.count == 310)
    _ = try fixture.file("folder/b.gz", Fixture.bytes("idx/images-idx3-ubyte.gz"))
    _ = try fixture.file("bomb/b.gz", Fixture.bytes("zeros.gz"))
    let (folder, bomb) = (fixture.scratch + "/folder", fixture.scratch + "/bomb")
    let size = try Fixture.bytes("idx/images-idx3-ubyte.gz").count
    #expect(size > 40)
    let raw = DataSource(path: Fixture.path("b.bin.gz"))
    let expanded = #expect(throws: ArchiveError.self) { try raw.entries(named: ["b.bin"], limit: 1499) }
    #expect(
      expanded?.description
        == "\(raw.path), entry \"b.bin\": found more than 1499 bytes; allowed are 1499")
    #expect(try DataSource(path: folder).entries(named: ["b"], limit: size)["b"]?.count == 40)
    let inner = #expect(throws: ArchiveError.self) {
      try DataSource(path: bomb).entries(named: ["b"], limit: 4096)
    }
    #expect(inner?.description == "\(bomb), entry \"b.gz\": found more than 4096 bytes; allowed are 4096")
  }

  @Test func readingInSmallPiecesGivesTheSame() throws {
    var bytes: [UInt8] = []
    var kept: ArchiveEntry?
    try DataSource(path: Fixture.path("files.zip")).forEachEntry { entry in
      guard entry.name == "sub/b.bin" else { return true }
      #expect(entry.size == 1500)
      var piece = [UInt8](repeating: 0, count: 7)
      while case let count = try piece.withUnsafeMutableBytes({ try entry.read(into: $0) }), count > 0 {
        bytes += piece[..<count]
      }
      kept = entry
      return true
    }
    #expect(try bytes == Fixture.bytes("files/sub/b.bin"))
    #expect(throws: ArchiveError.self) { try kept?.readAll() }
  }

  @Test func foldersComeInTheOrderOfNames() throws {
    let fixture = try Fixture()
    _ = try fixture.file("folder/b", [1])
    _ = try fixture.file("folder/a/z", [2])
    _ = try fixture.file("folder/a.x", [3])
    let manager = FileManager.default
    let folder = fixture.scratch + "/folder"
    try manager.createSymbolicLink(atPath: fixture.scratch + "/named", withDestinationPath: "folder")
    for path in [folder, fixture.scratch + "/named", folder + "/"] {
      #expect(try DataSource(path: path).all().map(\.name) == ["a.x", "a/z", "b"])
    }
  }

  @Test func stopsWhenAsked() throws {
    for name in ["files", "files.tar.gz", "files.zip"] {
      var count = 0
      try DataSource(path: Fixture.path(name)).forEachEntry { _ in
        count += 1
        return false
      }
      #expect(count == 1)
    }
  }

  @Test func chunksOnDisk() throws {
    func bytes(_ name: String, only: [String]? = nil) throws -> [UInt8] {
      var bytes: [UInt8] = []
      try DataSource(path: Fixture.path(name)).forEachChunkOnDisk(only: only) { bytes += $0 }
      return bytes
    }
    #expect(try bytes("files.tar.gz") == Fixture.bytes("files.tar.gz"))
    let first = try Array("a.txt\0".utf8) + [0x36, 1, 0, 0, 0, 0, 0, 0] + Fixture.bytes("files/a.txt")
    let second =
      try Array("sub/b.bin\0".utf8) + [0xDC, 5, 0, 0, 0, 0, 0, 0] + Fixture.bytes("files/sub/b.bin")
    #expect(try bytes("files") == first + second)
    #expect(try bytes("files", only: ["./sub/b.bin.gz"]) == second)
    let error = #expect(throws: ArchiveError.self) { try bytes("files", only: ["c"]) }
    #expect(
      error?.description == "\(Fixture.path("files")): no entry \"c\"; found \"a.txt\", \"sub/b.bin\"")
  }

  @Test(arguments: ["files", "files.tar.gz", "files.zip", "files.7z"])
  func entriesComeInTheOrderAskedFor(_ name: String) throws {
    let source = DataSource(path: Fixture.path(name))
    for names in [["a.txt", "sub/b.bin"], ["sub/b.bin", "a.txt"], ["sub/b.bin"], ["./a.txt.gz", "a.txt"]] {
      var found: [Pair] = []
      try source.forEachEntry(named: names) { place, entry in
        #expect(place == found.count)
        found.append(Pair(name: entry.name, bytes: try entry.readAll()))
      }
      let expected = names.map { $0.contains("b.bin") ? "sub/b.bin" : "a.txt" }
      #expect(try found == expected.map { Pair(name: $0, bytes: try Fixture.bytes("files/" + $0)) })
    }
    let error = #expect(throws: ArchiveError.self) { try source.forEachEntry(named: ["a.txt", "c"]) { _, _ in } }
    let hard = name.contains(".t") ? "\"hard\", " : ""
    let start = "\(source.path): no entry \"c\"; found \"a.txt\", \(hard)\"sub/b.bin\""
    #expect(error?.description.hasPrefix(start) == true)
  }

  /// The name as it is comes before one that differs in `.gz`; what is gzip is decompressed, within the limits.
  @Test func entriesInOrderAreDecompressed() throws {
    let fixture = try Fixture()
    _ = try fixture.file("folder/b", [1, 2])
    _ = try fixture.file("folder/b.gz", Fixture.bytes("b.bin.gz"))
    _ = try fixture.file("folder/zeros.gz", Fixture.bytes("zeros.gz"))
    let path = fixture.scratch + "/folder"
    func bytes(_ name: String, _ source: DataSource) throws -> [UInt8] {
      var bytes: [UInt8] = []
      try source.forEachEntry(named: [name]) { _, entry in bytes = try entry.readAll() }
      return bytes
    }
    let source = DataSource(path: path)
    #expect(try bytes("b", source) == [1, 2])
    #expect(try bytes("b.gz", source) == Fixture.bytes("files/sub/b.bin"))
    #expect(try bytes("zeros", source).count == 100_000)
    var limits = ReadingLimits()
    limits.entryBytes = 99_999
    let limited = DataSource(path: path, limits: limits)
    let error = #expect(throws: ArchiveError.self) { try bytes("zeros", limited) }
    #expect(
      error?.description
        == "\(path), entry \"zeros.gz\": found more than 99999 bytes; limits.entryBytes allows more")
  }
}
