import Archive
import Foundation
import Testing

@Suite struct DamageTests {
  @Test func missingEmptyAndOther() throws {
    let fixture = try Fixture()
    #expect(DataSource(path: "/no/such").failure() == "PATH: No such file or directory")
    #expect(DataSource(path: "/dev/null").failure() == "PATH: found neither a file nor a folder")
    #expect(DataSource(path: fixture.scratch).failure() == "PATH: the folder holds no files")
    #expect(DataSource(path: try fixture.file("empty.tar", [])).failure() == "PATH: the file is empty")
    #expect(DataSource(path: Fixture.path("none.tar")).failure() == "PATH: the archive holds no files")
  }

  /// Every length of every archive and compressed file: an error each time, never fewer bytes.
  @Test(arguments: [
    "files.tar", "files.tar.gz", "files.tgz", "files.tar.bz2", "files.tar.xz", "files.zip", "stored.zip",
    "b.bin.gz", "b.bin.xz", "names.tar.gz",
  ])
  func truncation(_ name: String) throws {
    let fixture = try Fixture()
    let whole = try Fixture.bytes(name)
    // A tar archive may lack part of its end mark's padding, but nothing before the mark.
    let end = name == "files.tar" ? (whole.lastIndex { $0 != 0 } ?? 0) : whole.count - 1
    for length in stride(from: 1, through: end, by: name == "files.tar" ? 37 : 7) {
      let path = try fixture.file(name, whole[..<length])
      #expect(DataSource(path: path).failure() != nil, "\(length) of \(whole.count) bytes")
    }
    let path = try fixture.file(name, whole[..<end])
    #expect(DataSource(path: path).failure() != nil, "\(end) of \(whole.count) bytes")
  }

  @Test(arguments: [
    ("files.tar", 700, "PATH, entry \"a.txt\": Truncated tar archive"),
    ("files.tar", 1536, "PATH: X"),
    ("files.tar.gz", 9, "PATH: X"),
    ("files.tar.gz", 200, "PATH: X"),
    ("files.tar.gz", 1000, "PATH: X"),
    ("files.zip", 1000, "PATH: X"),
    ("b.bin.gz", 5, "PATH: X"),
    ("b.bin.gz", 1000, "PATH: X"),
    ("b.bin.xz", 1000, "PATH: X"),
  ])
  func truncationMessages(_ name: String, _ length: Int, _ message: String) throws {
    let fixture = try Fixture()
    let path = try fixture.file(name, Fixture.bytes(name)[..<length])
    #expect(DataSource(path: path).failure() == message)
  }

  @Test(arguments: [
    ("files.tar", 520, "PATH: X"),
    ("files.tar.bz2", 600, "PATH: X"),
    ("files.tar.xz", 600, "PATH: X"),
    ("stored.zip", 100, "PATH: X"),
  ])
  func corruption(_ name: String, _ position: Int, _ message: String) throws {
    let fixture = try Fixture()
    var bytes = try Fixture.bytes(name)
    bytes[position] ^= 0x55
    #expect(DataSource(path: try fixture.file(name, bytes)).failure() == message)
  }

  @Test func namesAreQuotedInErrors() {
    let error = ArchiveError(path: "data/x.tar", entry: "a\n\u{1B}[1m\"b", message: "no")
    #expect(error.description == "data/x.tar, entry \"a\\u{000A}\\u{001B}[1m\"b\": no")
  }

  @Test func gzipInsideThatIsDamaged() throws {
    let fixture = try Fixture()
    let inner = try Fixture.bytes("b.bin.gz")
    let path = try fixture.file("folder/b.gz", inner[..<700]).replacing("/b.gz", with: "")
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["b"]) }
    #expect(error?.description == "\(path), entry \"b.gz\": truncated gzip input")
    _ = try fixture.file("folder/b.gz", inner[..<3])
    let short = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["b"]) }
    #expect(short?.description == "\(path), entry \"b.gz\": found gzip data that is empty or cut short")
  }
}
