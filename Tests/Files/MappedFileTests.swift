import Foundation
import Testing
import TestSupport

@testable import Files

@Suite struct MappedFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The bytes of a file's mappings that are in this process's memory, as the system counts them.
  private func residentBytes(of path: String) throws -> Int {
    var total = 0
    var isMapping = false
    // It has no size of its own, so it is read to its end.
    let smaps = try #require(try FileHandle(forReadingAtPath: "/proc/self/smaps")?.readToEnd())
    for line in String(decoding: smaps, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first?.contains("-") == true { isMapping = line.hasSuffix(path) }
      if isMapping, words.first == "Rss:" { total += 1024 * (Int(words[1]) ?? 0) }
    }
    return total
  }

  @Test func readingAllOfALargeFileKeepsLittleOfItMapped() throws {
    let megabyte = 1 << 20
    let count = 200 * megabyte
    // A file with a hole, of which the first and the last byte are set.
    let url = folder.url.appending(path: "large")
    let path = url.path(percentEncoded: false)
    try Data([7]).write(to: url)
    let handle = try FileHandle(forWritingTo: url)
    try handle.seek(toOffset: UInt64(count - 1))
    try handle.write(contentsOf: [9])
    try handle.close()
    let file = try MappedFile(PrivateFile(url), count: count)
    var buffer = [UInt8](repeating: 1, count: megabyte)
    var largest = 0
    for pass in 0..<2 {
      for start in stride(from: 0, to: count, by: megabyte) {
        buffer.withUnsafeMutableBytes { bytes in
          guard let target = bytes.baseAddress else { return }
          file.copy(start..<(start + megabyte), to: target)
        }
        if start == 0 { #expect(buffer[0] == 7 && buffer[1] == 0, "pass \(pass)") }
        largest = max(largest, try residentBytes(of: path))
      }
      #expect(buffer[megabyte - 1] == 9 && buffer[0] == 0)
    }
    #expect(largest > 0 && largest <= 66 * megabyte, "\(largest)")
  }

  @Test func aFileOfAnotherSizeIsRefused() throws {
    let url = folder.url.appending(path: "small")
    try Data([1, 2, 3]).write(to: url)
    for count in [0, 2, 4] { #expect(throws: UserError.self) { try MappedFile(PrivateFile(url), count: count) } }
  }
}
