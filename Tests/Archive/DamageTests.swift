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
    "b.bin.gz", "b.bin.xz", "names.tar.gz", "files.tar.zst", "files.7z",
  ])
  func truncation(_ name: String) throws {
    let fixture = try Fixture()
    let whole = try Fixture.bytes(name)
    // One block of zeros already marks a tar archive's end; none is an error.
    let end = name == "files.tar" ? whole.count - 1024 : whole.count - 1
    for length in stride(from: 1, through: end, by: name == "files.tar" ? 37 : 7) {
      let path = try fixture.file(name, whole[..<length])
      #expect(DataSource(path: path).failure() != nil, "\(length) of \(whole.count) bytes")
    }
    let path = try fixture.file(name, whole[..<end])
    #expect(DataSource(path: path).failure() != nil, "\(end) of \(whole.count) bytes")
  }

  @Test(arguments: [
    ("files.tar", 700, "PATH: Truncated tar archive, after entry \"sub/\""),
    ("files.tar", 1100, "PATH, entry \"a.txt\": Truncated tar archive"),
    ("files.tar", 1536, "PATH: the tar archive has no end mark; it is cut short, after entry \"a.txt\""),
    ("files.tar.gz", 2, "PATH: found no .gz data; the file is damaged or cut short"),
    ("files.tar.gz", 9, "PATH: truncated gzip input"),
    ("files.tar.gz", 200, "PATH: truncated gzip input"),
    ("files.tar.gz", 1000, "PATH: truncated gzip input"),
    ("files.zip", 1000, "PATH: found no .zip archive; the file is damaged or cut short"),
    ("b.bin.gz", 5, "PATH: truncated gzip input"),
    ("b.bin.gz", 1000, "PATH: truncated gzip input"),
    ("b.bin.xz", 1000, "PATH: Lzma library error:  No progress is possible"),
  ])
  func truncationMessages(_ name: String, _ length: Int, _ message: String) throws {
    let fixture = try Fixture()
    let path = try fixture.file(name, Fixture.bytes(name)[..<length])
    #expect(DataSource(path: path).failure() == message)
  }

  @Test(arguments: [
    ("files.tar", 520, "PATH: Damaged tar archive, after entry \"sub/\""),
    ("files.tar.bz2", 600, "PATH: bzip decompression failed"),
    ("files.tar.xz", 600, "PATH: Lzma library error: Corrupted input data"),
    ("stored.zip", 100, "PATH, entry \"a.txt\": ZIP bad CRC: 0x9bb87a99 should be 0x993fb2aa"),
  ])
  func corruption(_ name: String, _ position: Int, _ message: String) throws {
    let fixture = try Fixture()
    var bytes = try Fixture.bytes(name)
    bytes[position] ^= 0x55
    let failure = DataSource(path: try fixture.file(name, bytes)).failure()
    #expect(failure == message)
  }

  @Test func namesAreQuotedInErrors() {
    let error = ArchiveError(path: "data/x.tar", entry: "a\n\u{1B}[1m\"b", message: "no")
    #expect(error.description == #"data/x.tar, entry "a\n\u{1B}[1m"b": no"#)
  }

  @Test func gzipInsideThatIsDamaged() throws {
    let fixture = try Fixture()
    let inner = try Fixture.bytes("b.bin.gz")
    let path = try fixture.file("folder/b.gz", inner[..<700]).replacing("/b.gz", with: "")
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["b"]) }
    #expect(error?.description == "\(path), entry \"b.gz\": truncated gzip input")
    _ = try fixture.file("folder/b.gz", inner[..<3])
    let short = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["b"]) }
    #expect(short?.description == "\(path), entry \"b.gz\": truncated gzip input")
  }
}
