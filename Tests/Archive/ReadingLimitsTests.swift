import Archive
import Foundation
import Testing

@Suite struct ReadingLimitsTests {
  private func failure(_ name: String, _ change: (inout ReadingLimits) -> Void) -> String? {
    var limits = ReadingLimits()
    change(&limits)
    return DataSource(path: Fixture.path(name), limits: limits).failure()
  }

  /// Two entries of 310 and 1500 bytes, whatever holds them.
  @Test(arguments: ["files.tar", "files.tar.gz", "files.zip", "files"])
  func eachLimitNamesItselfAndItsEntry(_ name: String) {
    #expect(failure(name) { $0.entries = 2 } == nil)
    #expect(failure(name) { $0.entries = 1 } == "PATH: found more than 1 entries; limits.entries allows more")
    #expect(failure(name) { $0.entryBytes = 1500 } == nil)
    #expect(
      failure(name) { $0.entryBytes = 1499 }
        == "PATH, entry \"sub/b.bin\": found more than 1499 bytes; limits.entryBytes allows more")
    #expect(failure(name) { $0.totalBytes = 1810 } == nil)
    #expect(
      failure(name) { $0.totalBytes = 1809 }
        == "PATH, entry \"sub/b.bin\": found more than 1809 bytes in all entries; limits.totalBytes allows more")
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
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["tar", "-C", fixture.scratch, "-czf", tar, "zeros"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let size = try #require(try FileManager.default.attributesOfItem(atPath: tar)[.size] as? Int)
    let expected = "\(tar), entry \"zeros\": found more than 200 times the size of the file, \(size) bytes; "
    let error = #expect(throws: ArchiveError.self) { try DataSource(path: tar).names() }
    #expect(error?.description == expected + "limits.expansion allows more")
    var limits = ReadingLimits()
    limits.expansion = 2000
    #expect(try DataSource(path: tar, limits: limits).names() == ["zeros"])
  }
}
