import Foundation
import Testing

@testable import Files

@Suite final class WholeFileTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
  }

  @Test func writesThePartsAndReplacesWhatWasThere() throws {
    let url = folder.appending(path: "a b")
    try WholeFile.write([Data("long before".utf8)], to: url)
    try WholeFile.write([Data("so".utf8), Data(), Data("1234".utf8).dropFirst(3)], to: url)
    #expect(try Data(contentsOf: url) == Data("so4".utf8))
    #expect(try names == ["a b"])
  }

  @Test func leavesNothingAfterAFailure() throws {
    let url = folder.appending(path: "taken")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    #expect(throws: WholeFile.Failure.self) { try WholeFile.write([Data("a".utf8)], to: url) }
    #expect(try names == ["taken"])
  }

  @Test func saysWhatFailed() throws {
    do {
      try WholeFile.write([], to: folder.appending(path: "missing/a"))
      Issue.record("wrote into a folder that does not exist")
    } catch {
      #expect(
        error.description
          == "that creating a file in \(folder.path)/missing failed (No such file or directory)")
    }
  }

  @Test func aSharedFileIsTheSameUntilOneNameIsWrittenAnew() throws {
    let (one, other) = (folder.appending(path: "one"), folder.appending(path: "other"))
    try WholeFile.write([Data([1])], to: one)
    try WholeFile.write([Data([2])], to: other)
    // The second time both names are the file's already.
    for _ in 0..<2 {
      try WholeFile.share(one, as: other)
      #expect(try Data(contentsOf: other) == Data([1]))
      #expect(try names.sorted() == ["one", "other"])
    }
    let numbers = [one, other].map { url in
      var status = stat()
      return stat(url.path, &status) == 0 ? status.st_ino : 0
    }
    #expect(numbers[0] != 0 && numbers[0] == numbers[1])
    try WholeFile.write([Data([3])], to: one)
    #expect(try Data(contentsOf: other) == Data([1]))
    #expect(throws: (any Error).self) { try WholeFile.share(folder.appending(path: "none"), as: other) }
    #expect(try Data(contentsOf: other) == Data([1]))
  }
}
