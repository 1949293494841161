import Archive
import Foundation
import Testing

@Suite struct GzipTests {
  /// The last 8 bytes are the checksum and the length of what was compressed.
  @Test(arguments: ["b.bin.gz", "files.tar.gz", "zeros.gz"], 1...8)
  func theChecksumAndTheLengthAreCompared(_ name: String, _ place: Int) throws {
    let fixture = try Fixture()
    var bytes = try Fixture.bytes(name)
    bytes[bytes.count - place] ^= 1
    let reason = place <= 4 ? "incorrect length check" : "incorrect data check"
    let failure = DataSource(path: try fixture.file(name, bytes)).failure()
    #expect(failure == "PATH: the gzip data is damaged: \(reason)")
  }

  /// Whoever has enough after the first entry is told of damage behind it nevertheless.
  @Test(arguments: [
    "files.tar.gz", "files.tgz", "files.tar.bz2", "files.tar.xz", "files.tar.zst", "b.bin.gz", "b.bin.xz",
  ])
  func theEndOfCompressedDataIsReadAlways(_ name: String) throws {
    let fixture = try Fixture()
    func first(_ bytes: [UInt8]) throws -> String? {
      var first: String?
      try DataSource(path: fixture.file(name, bytes)).forEachEntry { entry in
        first = entry.name
        return false
      }
      return first
    }
    let whole = try Fixture.bytes(name)
    let found = try first(whole)
    #expect(found == (name.hasPrefix("b.bin") ? "b.bin" : "a.txt"))
    #expect(throws: ArchiveError.self) { try first(Array(whole.dropLast(3))) }
    // gzip's checksum is in the last 8 bytes; those of the others are compared block by block.
    let place = whole.count - (name.hasSuffix("gz") ? 6 : 60)
    let changed = whole.enumerated().map { $0.offset == place ? $0.element ^ 1 : $0.element }
    #expect(throws: ArchiveError.self) { try first(changed) }
  }

  @Test func theChecksumInsideAnEntryIsComparedToo() throws {
    let fixture = try Fixture()
    var inner = try Fixture.bytes("b.bin.gz")
    inner[inner.count - 5] ^= 1
    let path = try fixture.file("folder/b.gz", inner).replacing("/b.gz", with: "")
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["b"]) }
    #expect(error?.description == "\(path), entry \"b.gz\": the gzip data is damaged: incorrect data check")
  }

  @Test func membersFollowOneAnother() throws {
    let fixture = try Fixture()
    let (gzip, plain) = (try Fixture.bytes("b.bin.gz"), try Fixture.bytes("files/sub/b.bin"))
    let expected = [Pair(name: "b.bin", bytes: plain + plain)]
    let zeros = [UInt8](repeating: 0, count: 200_000)
    for end in [[], [0], zeros] {
      let path = try fixture.file("b.bin.gz", gzip + gzip + end)
      #expect(try DataSource(path: path).all() == expected)
    }
    for end in [[7], [0, 7], zeros + [7]] {
      let path = try fixture.file("b.bin.gz", gzip + end)
      let failure = try #require(DataSource(path: path).failure())
      let isRefused = failure.hasSuffix("that are not gzip") || failure.hasSuffix("truncated gzip input")
      #expect(isRefused, "\(failure)")
    }
    let second = try fixture.file("b.bin.gz", gzip + gzip.dropLast(3))
    #expect(DataSource(path: second).failure() == "PATH: truncated gzip input")
  }

  /// Every byte of the header, the data and the trailer but those that say nothing of the content.
  @Test func flippedBytesAreSeen() throws {
    let fixture = try Fixture()
    let whole = try Fixture.bytes("b.bin.gz")
    // Of the header: the time of writing, a hint about the compression, and the system.
    for place in whole.indices where !(4..<10).contains(place) {
      var bytes = whole
      bytes[place] ^= 0xFF
      let failure = DataSource(path: try fixture.file("b.bin.gz", bytes)).failure()
      #expect(failure != nil, "byte \(place)")
    }
  }

  @Test func whatIsInsideIsNotDecompressedAgain() throws {
    let twice = DataSource(path: Fixture.path("b.bin.bz2.xz")).failure()
    #expect(twice == "PATH: found data compressed more than once; decompress it until once is left")
    let gzip = try DataSource(path: Fixture.path("b.bin.gz.xz")).all()
    #expect(gzip == [Pair(name: "b.bin.gz", bytes: try Fixture.bytes("b.bin.gz"))])
    let nested = try DataSource(path: Fixture.path("nested.tar")).all()
    #expect(nested.map(\.name) == ["in.zip", "in.tar"])
    let expected = try [Fixture.bytes("files.zip"), Fixture.bytes("files.tar")]
    #expect(nested.map(\.bytes) == expected)
  }
}
