import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct ResumableFileTests {
  let folder: TemporaryFolder
  private var url: URL { folder.url.appending(path: "labels") }

  init() throws { folder = try TemporaryFolder() }

  /// Whatever a killed process had written behind what it noted is cut off.
  @Test(arguments: 0...6) func whatWasNotNotedIsWrittenAgain(cut: Int) throws {
    do {
      let file = try ResumableFile(at: url, work: "a")
      for item in 0..<3 { try file.append(Data("item \(item)\n".utf8), items: 1, tally: [7: item + 1]) }
      try file.keep()
      // Never noted.
      try file.append(Data("item 3, in half".utf8.prefix(2 + cut)), items: 1)
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
    let file = try ResumableFile(at: url, work: "a")
    #expect(file.items == 3 && file.tally == [7: 3] && !file.isEmpty)
    try file.append(Data("item 3\n".utf8), items: 1)
    try file.finish()
    #expect(try String(contentsOf: url, encoding: .utf8) == "item 0\nitem 1\nitem 2\nitem 3\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["labels"])
  }

  @Test func otherWorkDamagedNotesAndShortFilesBeginAgain() throws {
    func begin() throws {
      let file = try ResumableFile(at: url, work: "a")
      try file.append(Data("item\n".utf8), items: 1)
      try file.keep()
    }
    try begin()
    #expect(try ResumableFile(at: url, work: "b").items == 0)
    try begin()
    try Data("{".utf8).write(to: folder.url.appending(path: ".labels.unfinished.json"))
    #expect(try ResumableFile(at: url, work: "a").items == 0)
    try begin()
    try Data("it".utf8).write(to: folder.url.appending(path: ".labels.unfinished"))
    #expect(try ResumableFile(at: url, work: "a").items == 0)
  }

  @Test func twoProcessesDoNotWriteOneFile() throws {
    let first = try ResumableFile(at: url, work: "a")
    let error = #expect(throws: UserError.self) { try ResumableFile(at: url, work: "a") }
    #expect(error?.problem == "\(url.path): another process is writing it")
    try first.finish()
  }

  /// What has the name stays until the new file is whole.
  @Test func theOldFileStaysUntilTheNewOneIsWhole() throws {
    try Data("old".utf8).write(to: url)
    let file = try ResumableFile(at: url, work: "a")
    try file.append(Data("new".utf8), items: 1)
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    try file.finish()
    #expect(try String(contentsOf: url, encoding: .utf8) == "new")
    #expect(throws: UserError.self) {
      try ResumableFile(at: folder.url.appending(path: "none/labels"), work: "a")
    }
  }
}
