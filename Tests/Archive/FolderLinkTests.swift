import Archive
import Foundation
import Testing

@Suite struct FolderLinkTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private var folder: String { fixture.scratch + "/folder" }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: target)
  }

  /// The names and, in brackets, the bytes of all files; each holds a number.
  private func files(_ source: DataSource) throws -> [String] {
    try source.all().map { "\($0.name) \($0.bytes)" }
  }

  /// What the last look at a folder left out, by reason.
  private func leftOut(_ source: DataSource) -> [String: [String]] {
    Dictionary(uniqueKeysWithValues: source.omissions.onDisk.groups.map { ($0.reason, $0.names) })
  }

  @Test func linksWithinTheFolderAreFilesAndFolders() throws {
    _ = try fixture.file("folder/all/cat/1", [1])
    _ = try fixture.file("folder/all/dog/2", [2])
    _ = try fixture.file("folder/train/3", [3])
    try link("train/cat", to: "../all/cat")
    try link("train/4", to: "\(folder)/all/dog/2")
    try link("same", to: "train/cat")
    let expected = [
      "all/cat/1 [1]", "all/dog/2 [2]", "same/1 [1]", "train/3 [3]", "train/4 [2]", "train/cat/1 [1]",
    ]
    let source = DataSource(path: folder)
    #expect(try files(source) == expected && source.omissions.onDisk.count == 0)
    // The folder's own path may have a link in it.
    try FileManager.default.createSymbolicLink(atPath: fixture.scratch + "/named", withDestinationPath: "folder")
    let named = DataSource(path: fixture.scratch + "/named")
    #expect(try files(named) == expected && named.omissions.onDisk.count == 0)
    // What is hashed is what is read.
    #expect(try source.filesOnDisk() == expected.map { String($0.split(separator: " ")[0]) })
    #expect(try source.stamps().count == 6)
    #expect(try source.entries(named: ["train/cat/1"]) == ["train/cat/1": [1]])
  }

  @Test func linksThatLeadElsewhereAreLeftOutAndNamed() throws {
    _ = try fixture.file("folder/b", [1])
    _ = try fixture.file("outside/sub/2", [2])
    // Its path begins like that of the folder.
    _ = try fixture.file("folder2/3", [3])
    for (name, target) in [
      ("owl", "../outside"), ("one", "../outside/sub/2"), ("near", "../folder2/3"), ("gone", "nothing"),
      ("under", "b/c"), ("self", "self"), ("null", "/dev/null"),
    ] { try link(name, to: target) }
    let source = DataSource(path: folder)
    #expect(try files(source) == ["b [1]"])
    #expect(
      leftOut(source) == [
        "symbolic links that lead out of the folder (links: anywhere follows them)": [
          "near", "null", "one", "owl",
        ],
        "symbolic links that lead nowhere": ["gone", "under"],
        "symbolic links that lead in a circle": ["self"],
      ])
    let missing = #expect(throws: ArchiveError.self) { try source.entries(named: ["one"]) }
    #expect(missing?.message.contains("no entry \"one\"; found \"b\"; left out symbolic links") == true)
    let all = DataSource(path: folder, links: .anywhere)
    #expect(try files(all) == ["b [1]", "near [3]", "one [2]", "owl/sub/2 [2]"])
    #expect(leftOut(all)["neither files nor folders"] == ["null"] && all.omissions.onDisk.count == 4)
  }

  @Test func ofMoreThanTwentyTheFirstAreNamed() throws {
    _ = try fixture.file("folder/a", [1])
    for place in 10..<40 { try link("\(place)", to: "nothing") }
    let source = DataSource(path: folder)
    _ = try source.names()
    let group = try #require(source.omissions.onDisk.groups.first)
    #expect(group.count == 30 && group.names == (10..<30).map { "\($0)" })
  }

  @Test func whereOnlyLinksAreTheErrorSpeaksOfThem() throws {
    _ = try fixture.file("outside/1", [1])
    try FileManager.default.createDirectory(atPath: folder + "/owl", withIntermediateDirectories: true)
    try link("owl/1", to: "../../outside/1")
    #expect(
      DataSource(path: folder).failure()
        == "PATH: the folder holds no files; left out symbolic links that lead out of the folder "
        + "(links: anywhere follows them): 1: \"owl/1\"")
  }

  @Test(.timeLimit(.minutes(1))) func circlesEnd() throws {
    _ = try fixture.file("folder/a/1", [1])
    _ = try fixture.file("folder/b/2", [2])
    try link("a/up", to: "..")
    try link("a/self", to: ".")
    try link("a/other", to: "../b")
    try link("b/back", to: "../a")
    let source = DataSource(path: folder)
    #expect(try files(source) == ["a/1 [1]", "a/other/2 [2]", "b/2 [2]", "b/back/1 [1]"])
    #expect(
      leftOut(source)["symbolic links to a folder that they are in"]?.sorted()
        == ["a/other/back", "a/self", "a/up", "b/back/other", "b/back/self", "b/back/up"])
  }

  /// Twelve folders with a link to each of the others: to follow every way through them would take hundreds of millions.
  @Test(.timeLimit(.minutes(1))) func foldersThatAllLinkToEachOtherEnd() throws {
    for one in 0..<12 { _ = try fixture.file("folder/\(one)/file", [UInt8(one)]) }
    for one in 0..<12 {
      for other in 0..<12 where other != one { try link("\(one)/to\(other)", to: "../\(other)") }
    }
    let source = DataSource(path: folder)
    let names = try source.names()
    for one in 0..<12 {
      #expect(names.contains("\(one)/file"))
      for other in 0..<12 where other != one { #expect(names.contains("\(one)/to\(other)/file")) }
    }
    #expect(Set(names).count == names.count && names.count < 2000 && source.omissions.onDisk.count > 0)
  }

  @Test func namesThatAreNotUTF8() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // The Russian words for cat and dog in code page 866.
    for (number, bytes) in [[0xAA, 0xAE, 0xE2], [0xAF, 0xA5, 0xE1] as [UInt8]].enumerated() {
      let path = Array("\(folder)/".utf8).map { CChar(bitPattern: $0) } + bytes.map { CChar(bitPattern: $0) } + [0]
      let file = try #require(fopen(path, "w"))
      fputc(Int32(number), file)
      fclose(file)
    }
    #expect(try files(DataSource(path: folder)) == ["\\xAA\\xAE\\xE2 [0]", "\\xAF\\xA5\\xE1 [1]"])
    let encoding = try #require(NameEncoding("cp866"))
    #expect(try files(DataSource(path: folder, nameEncoding: encoding)) == ["кот [0]", "пес [1]"])
    #expect(
      DataSource(path: folder, nameEncoding: NameEncoding("ascii")).failure()
        == "PATH: found a name that is none in ASCII: \"\\xAA\\xAE\\xE2\"")
  }
}
