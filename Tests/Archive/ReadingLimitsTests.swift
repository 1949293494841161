import Archive
import Foundation
import Testing

@Suite struct ReadingLimitsTests {
  private func failure(_ name: String, _ change: (inout ReadingLimits) -> Void) -> String? {
    var limits = ReadingLimits()
    change(&limits)
    return DataSource(path: Fixture.path(name), limits: limits).failure()
  }

  /// Two entries of 310 and 1500 bytes, whatever holds them; in tar the first has a second name.
  @Test(arguments: ["files.tar", "files.tar.gz", "files.zip", "files"])
  func eachLimitNamesItselfAndItsEntry(_ name: String) {
    #expect(failure(name) { $0.entries = 7 } == nil)
    #expect(failure(name) { $0.entries = 1 } == "PATH: found more than 1 entries; limits.entries allows more")
    #expect(failure(name) { $0.entryBytes = 1500 } == nil)
    #expect(
      failure(name) { $0.entryBytes = 1499 }
        == "PATH, entry \"sub/b.bin\": found more than 1499 bytes; limits.entryBytes allows more")
    let total = name.contains(".t") ? 2120 : 1810
    #expect(failure(name) { $0.totalBytes = total } == nil)
    #expect(
      failure(name) { $0.totalBytes = total - 1 }
        == "PATH, entry \"sub/b.bin\": found more than \(total - 1) bytes in all entries; limits.totalBytes allows more"
    )
  }

  @Test func aFileWhoseSizeNoHeaderStatesIsCountedAsItIsRead() {
    #expect(failure("b.bin.gz") { $0.entryBytes = 1500 } == nil)
    #expect(
      failure("b.bin.gz") { $0.entryBytes = 1499 }
        == "PATH, entry \"b.bin\": found more than 1499 bytes; limits.entryBytes allows more")
  }

  /// An entry of zeros that states its size is refused before its bytes are decompressed, and skipping it is, too.
  @Test func anArchiveOfZerosIsRefused() throws {
    let fixture = try Fixture()
    let tar = fixture.scratch + "/zeros.tar.gz"
    let zeros = fixture.scratch + "/zeros"
    _ = try fixture.file("zeros", [])
    try #require(truncate(zeros, 400 << 20) == 0)
    try run("tar", "-C", fixture.scratch, "-czf", tar, "zeros")
    let size = try #require(try FileManager.default.attributesOfItem(atPath: tar)[.size] as? Int)
    let expected = "\(tar), entry \"zeros\": found more than 200 times the size of the file, \(size) bytes; "
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: tar).names() }
    #expect(error?.description == expected + "limits.expansion allows more")
    var limits = ReadingLimits()
    limits.expansion = 2000
    #expect(try DataSource(path: tar, limits: limits).names() == ["zeros"])
  }

  /// The entries' own sizes are within the limits; what they become is not. 132 bytes become 100,000, twice.
  @Test(arguments: ["files", "files.tar"]) func limitsHoldForWhatIsCompressedInsideEntries(_ kind: String) throws {
    let fixture = try Fixture()
    for name in ["files/a.gz", "files/b.gz"] { _ = try fixture.file(name, Fixture.bytes("zeros.gz")) }
    try run("tar", "-C", fixture.scratch, "-cf", fixture.scratch + "/files.tar", "files/a.gz", "files/b.gz")
    let prefix = kind == "files" ? "" : "files/"
    let path = fixture.scratch + "/" + kind
    func failure(_ change: (inout ReadingLimits) -> Void) -> String? {
      var limits = ReadingLimits()
      change(&limits)
      do {
        _ = try DataSource(path: path, limits: limits).entries(named: [prefix + "a", prefix + "b"])
        return nil
      } catch {
        return "\(error)".replacing(path, with: "PATH")
      }
    }
    #expect(failure { $0.entryBytes = 100_000 } == nil)
    #expect(
      failure { $0.entryBytes = 99_999 }
        == "PATH, entry \"\(prefix)a.gz\": found more than 99999 bytes; limits.entryBytes allows more")
    #expect(failure { $0.totalBytes = 200_000 } == nil)
    #expect(
      failure { $0.totalBytes = 199_999 }
        == "PATH, entry \"\(prefix)b.gz\": found more than 199999 bytes in all entries; limits.totalBytes allows more"
    )
  }

  /// Gzip data of many members become about 1000 times as much, 300 MiB.
  @Test func zerosInsideAnEntryAreRefused() throws {
    let fixture = try Fixture()
    let zeros = fixture.scratch + "/zeros"
    _ = try fixture.file("zeros", [])
    try #require(truncate(zeros, 1 << 20) == 0)
    try run("gzip", "-n", zeros)
    let member = try [UInt8](Data(contentsOf: URL(filePath: zeros + ".gz")))
    let path = fixture.scratch + "/folder"
    _ = try fixture.file("folder/z.gz", [[UInt8]](repeating: member, count: 300).joined())
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: path).entries(named: ["z"]) }
    #expect(
      error?.description == "\(path), entry \"z.gz\": found more than 200 times the size of the file, "
        + "\(300 * member.count) bytes; limits.expansion allows more")
    var limits = ReadingLimits()
    limits.entryBytes = 1 << 24
    let small = #expect(throws: ArchiveError.self) {
      try DataSource(path: path, limits: limits).entries(named: ["z"])
    }
    #expect(
      small?.description
        == "\(path), entry \"z.gz\": found more than 16777216 bytes; limits.entryBytes allows more")
  }

  /// Runs a program of the system, which must succeed.
  private func run(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  /// What libarchive decompresses on its way to the next entry is nobody's bytes, and counts all the same.
  @Test func zerosBehindATarArchiveAreCounted() throws {
    let name = "zeros-behind.tar.bz2"
    let size = try Fixture.bytes(name).count
    #expect(
      failure(name) { _ in } == "PATH: found more than 200 times the size of the file, \(size) bytes; "
        + "limits.expansion allows more, after entry \"sub/b.bin\"")
    #expect(failure(name) { $0.expansion = 1_000_000 }?.contains("limits") != true)
  }

  /// 7 entries, of which 2 are files and 1 is a hard link.
  @Test func foldersAndLinksCountAsEntries() {
    #expect(failure("files.tar") { $0.entries = 7 } == nil)
    #expect(
      failure("files.tar") { $0.entries = 6 } == "PATH: found more than 6 entries; limits.entries allows more")
  }

  @Test func aNameLongerThanAnyPathIsRefused() throws {
    let fixture = try Fixture()
    func zip(_ length: Int) throws -> String {
      let bytes = StoredZip([(String(repeating: "n", count: length), [1])]).bytes
      return try fixture.file("names.zip", bytes)
    }
    #expect(try DataSource(path: zip(4096)).names().first?.count == 4096)
    let long = try #require(DataSource(path: try zip(4097)).failure())
    #expect(long.hasSuffix("…\": found a name of 4097 bytes; allowed are 4096"))
  }
}

/// A zip archive of entries that are not compressed.
struct StoredZip {
  var bytes: [UInt8] = []

  init(_ entries: [(name: String, content: [UInt8])]) {
    func number(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8(value >> (8 * $0) & 255) } }
    var directory: [UInt8] = []
    for (name, content) in entries {
      let about =
        number(20, 2) + number(0, 8) + number(Self.checksum(content), 4) + number(content.count, 4)
        + number(content.count, 4) + number(name.utf8.count, 2) + number(0, 2)
      directory += number(0x0201_4B50, 4) + number(20, 2) + about + number(0, 10) + number(bytes.count, 4)
      directory += Array(name.utf8)
      bytes += number(0x0403_4B50, 4) + about + Array(name.utf8) + content
    }
    let place = bytes.count
    bytes += directory + number(0x0605_4B50, 4) + number(0, 4) + number(entries.count, 2) + number(entries.count, 2)
    bytes += number(directory.count, 4) + number(place, 4) + number(0, 2)
  }

  /// CRC-32, bit by bit.
  private static func checksum(_ content: [UInt8]) -> Int {
    var sum: UInt32 = .max
    for byte in content {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return Int(~sum)
  }
}
