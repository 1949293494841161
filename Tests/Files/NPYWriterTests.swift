import Foundation
import Testing
import TestSupport

@testable import Files

@Suite struct NPYWriterTests {
  let folder: TemporaryFolder
  let url: URL

  init() throws {
    folder = try TemporaryFolder()
    url = folder.url.appending(path: "a.npy")
  }

  private func bytes(_ values: [Float]) -> Data { values.withUnsafeBytes { Data($0) } }

  @Test func filesEqualThoseOfNumPyByteForByte() throws {
    var writer = try NPYWriter(at: url, shape: [3, 4], element: .float32)
    try writer.append(bytes([0, 1, 2, 3, 4]))
    try writer.append(bytes([5, 6, 7, 8, 9, 10, 11]))
    try writer.finish()
    #expect(try Data(contentsOf: url) == fixtures.data("features.npy"))
    try NPYWriter.write([3, 0, -1, 7, 2], to: url)
    #expect(try Data(contentsOf: url) == fixtures.data("labels.npy"))
  }

  @Test func theHeaderIsWhatTheFormatSays() {
    let header = NPYWriter.header(shape: [70000, 2304], element: .float32)
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (70000, 2304), }"
    #expect(header.count % 64 == 0)
    #expect(header.prefix(10) == Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.count - 10), 0]))
    #expect(String(decoding: header[10...], as: UTF8.self).hasPrefix(text))
    #expect(header.last == 0x0A)
  }

  @Test func aFileIsWholeOrAbsent() throws {
    try Data("before".utf8).write(to: url)
    let error = #expect(throws: UserError.self) {
      var writer = try NPYWriter(at: url, shape: [3], element: .float32)
      try writer.append(bytes([1, 2]))
      try writer.finish()
    }
    #expect(error?.description.contains("8 bytes were given for an array of 12") == true)
    #expect(try Data(contentsOf: url) == Data("before".utf8))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path(percentEncoded: false)) == ["a.npy"])
    #expect(throws: UserError.self) {
      try NPYWriter.write([1], to: folder.url.appending(path: "nowhere/a.npy"))
    }
  }
}
