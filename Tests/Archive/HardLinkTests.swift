import Foundation
import Testing

@testable import Archive

/// Archives of `make_names.py`: files of 1000 to 1003 bytes, `A` to `D`, and links to them.
@Suite struct HardLinkTests {
  private static func letters(_ place: Int) -> [UInt8] { Array(repeating: UInt8(65 + place), count: 1000 + place) }

  private static let expected: [Pair] =
    (0..<4).map { Pair(name: "all/\($0)", bytes: letters($0)) } + [
      Pair(name: "train/2", bytes: letters(2)), Pair(name: "train/0", bytes: letters(0)),
      Pair(name: "test/2", bytes: letters(2)), Pair(name: "all/0", bytes: Array("new".utf8)),
      // The file that had the name last before the link.
      Pair(name: "test/0", bytes: Array("new".utf8)),
    ]

  @Test(arguments: ["hard.tar", "hard.tar.gz"])
  func linksAreTheFilesThatTheyName(_ name: String) throws {
    let source = DataSource(path: Fixture.path(name))
    #expect(try source.all() == Self.expected)
    #expect(source.omissions.inReading.count == 0)
    #expect(try source.entries(named: ["test/2"]) == ["test/2": Self.letters(2)])
    var found: [Pair] = []
    try source.forEachEntry(named: ["test/2", "train/0", "all/1"]) { _, entry in
      found.append(Pair(name: entry.name, bytes: try entry.readAll()))
    }
    #expect(
      found == [
        Pair(name: "test/2", bytes: Self.letters(2)), Pair(name: "train/0", bytes: Self.letters(0)),
        Pair(name: "all/1", bytes: Self.letters(1)),
      ])
  }

  /// Memory for all the files, for one or two at a time, and for none.
  @Test(arguments: [10_000, 2010, 1002, 100, 0], ["hard.tar", "hard.tar.gz"])
  func memoryDecidesNothing(_ limit: Int, _ name: String) throws {
    let source = DataSource(path: Fixture.path(name))
    let links = LinkedFiles(limit: limit) { () throws(ArchiveError) in try ArchiveStream(source) }
    for place in [4, 5, 6, 8, 6, 4] {
      #expect(try links.file(ofLinkAt: place)?.readAll() == Self.expected[place].bytes, "link \(place)")
    }
    #expect(try links.file(ofLinkAt: 3) == nil)
  }

  @Test func aLinkToWhatIsNotBeforeItIsAnError() {
    #expect(
      DataSource(path: Fixture.path("hard-nowhere.tar")).failure()
        == "PATH, entry \"later\": found a hard link to \"all/1\", which is not before it in the archive")
  }

  @Test func limitsCountWhatLinksAreReadAs() throws {
    func failure(_ change: (inout ReadingLimits) -> Void) -> String? {
      var limits = ReadingLimits()
      change(&limits)
      return DataSource(path: Fixture.path("hard.tar"), limits: limits).failure()
    }
    #expect(failure { $0.entries = 9 } == nil)
    #expect(failure { $0.entries = 8 }?.contains("more than 8 entries") == true)
    let total = Self.expected.reduce(0) { $0 + $1.bytes.count }
    #expect(failure { $0.totalBytes = total } == nil)
    #expect(failure { $0.totalBytes = total - 1 }?.contains("in all entries; limits.totalBytes") == true)
    #expect(failure { $0.entryBytes = 1002 }?.contains("limits.entryBytes") == true)
  }

  /// 300000 bytes that are zeros but for two words, and 100000 that are zeros, as `make_sparse.sh` writes them.
  @Test(arguments: ["holes-oldgnu.tar", "holes-pax-0.0.tar", "holes-pax-0.1.tar", "holes-pax-1.0.tar"])
  func holesAreZeros(_ name: String) throws {
    var bytes = [UInt8](repeating: 0, count: 300_000)
    bytes.replaceSubrange(0..<5, with: Array("begin".utf8))
    bytes.replaceSubrange(100_000..<100_006, with: Array("middle".utf8))
    let source = DataSource(path: Fixture.path(name))
    let nothing = [UInt8](repeating: 0, count: 100_000)
    #expect(try source.all() == [Pair(name: "holes", bytes: bytes), Pair(name: "nothing", bytes: nothing)])
    var limits = ReadingLimits()
    limits.entryBytes = 299_999
    #expect(
      DataSource(path: source.path, limits: limits).failure()
        == "PATH, entry \"holes\": found more than 299999 bytes; limits.entryBytes allows more")
    let start = try Fixture.bytes(name).prefix(2100)
    let fixture = try Fixture()
    let cut = DataSource(path: try fixture.file("cut.tar", start))
    #expect(cut.failure()?.contains("runcated") == true, "\(fixture.scratch)")
  }

  @Test func whatCannotBeReadSaysWhy() {
    for name in ["locked.zip", "locked-aes.zip", "locked.7z"] {
      #expect(
        DataSource(path: Fixture.path(name)).failure()
          == "PATH, entry \"a.txt\": found encrypted data, which needs a password; expected none")
    }
    #expect(
      DataSource(path: Fixture.path("locked-names.7z")).failure()
        == "PATH: found encrypted data, which needs a password; expected none")
    #expect(
      DataSource(path: Fixture.path("deflate64.zip")).failure()
        == "PATH, entry \"numbers.txt\": found the compression Deflate64, which is not read; pack the archive anew with "
        + "another, such as Deflate")
  }

  @Test func symbolicLinksInArchivesAreLeftOutAndNamed() throws {
    let source = DataSource(path: Fixture.path("files.tar"))
    #expect(try source.names() == ["a.txt", "hard", "sub/b.bin"])
    let groups = source.omissions.inReading.groups.map { "\($0.reason): \($0.names)" }
    #expect(
      groups == [
        "symbolic links, which are not followed in an archive: [\"link\"]",
        "neither files nor folders: [\"pipe\", \"device\"]",
      ])
  }
}
