import Foundation
import Testing

@testable import Archive

@Suite struct EntryNameTests {
  private func files(_ name: String, _ encoding: String? = nil) throws -> [String] {
    let encoding = try encoding.map { try #require(NameEncoding($0)) }
    let source = DataSource(path: Fixture.path(name), nameEncoding: encoding)
    return try source.all().map { "\($0.name) \(String(decoding: $0.bytes, as: UTF8.self))" }
  }

  /// The names are those that `make_names.py` encoded.
  @Test func namesAreDecodedAsAsked() throws {
    for file in ["names-cp866.zip", "names-cp866.tar", "backslash-cp866.zip"] {
      #expect(try files(file, "cp866") == ["кот/1.txt 0", "пес/1.txt 1"])
    }
    for charset in ["gbk", "GB2312", "cp936", "gb18030"] {
      #expect(try files("names-gbk.zip", charset) == ["猫/照片.txt 0", "狗/照片.txt 1"])
    }
    for charset in ["shift-jis", "Shift_JIS", "sjis", "cp932"] {
      #expect(try files("names-cp932.zip", charset) == ["写真/表.txt 0", "写真/①.txt 1"])
    }
    // What says that it is UTF-8 is not decoded otherwise.
    for charset in [nil, "gbk", "cp866"] { #expect(try files("names-utf8.zip", charset) == ["café/猫.txt 0"]) }
  }

  @Test func withoutACharacterSetNamesAreToldApart() throws {
    for file in ["names-cp866.zip", "names-cp866.tar", "backslash-cp866.zip"] {
      #expect(try files(file) == ["\\xAA\\xAE\\xE2/1.txt 0", "\\xAF\\xA5\\xE1/1.txt 1"])
    }
    #expect(
      try files("names-cp932.zip") == ["\\x8E\\xCA\\x90^/\\x95\\.txt 0", "\\x8E\\xCA\\x90^/\\x87@.txt 1"])
    let mixed = try files("names-mixed.zip").map { $0.split(separator: " ")[0] }
    #expect(mixed.first == "\\xE9.txt" && mixed.last == "é.txt" && Set(mixed).count == 5)
    #expect(try files("backslash.zip") == ["set/a/1.txt 0", "set/b/1.txt 1"])
  }

  /// All names of up to three bytes of an alphabet in which an escape can be written.
  @Test func differentBytesAreDifferentTexts() {
    let alphabet: [UInt8] = Array("\\xE9/".utf8) + [0xE9, 0xC3, 0xA9]
    var names: [[UInt8]] = [[]]
    var texts: Set<[UInt8]> = []
    var count = 0
    for _ in 0..<5 {
      names = names.flatMap { name in alphabet.map { name + [$0] } }
      for name in names { texts.insert(Array(EntryName.text(of: name).utf8)) }
      count += names.count
    }
    #expect(texts.count == count)
    for text in ["plain", "a\\b", "é/猫", "100%25", "\\x", "\\xg0"] {
      #expect(EntryName.text(of: Array(text.utf8)) == text)
    }
    #expect(EntryName.text(of: Array("\\xE9".utf8)) == "\\x5CxE9")
  }

  @Test func namesThatAreNotWhatIsSaid() {
    let message = DataSource(path: Fixture.path("names-false.zip")).failure()
    #expect(message == "PATH: found a name that the archive says is UTF-8 and that is not")
    #expect(
      DataSource(path: Fixture.path("names-gbk.zip"), nameEncoding: NameEncoding("ascii")).failure()
        == "PATH: found a name that is none in ASCII; without names such bytes are kept")
  }

  @Test(arguments: ["", "klingon", "utf-8//IGNORE", "cp866/", "a b", "é"])
  func characterSetsThatAreNone(_ name: String) { #expect(NameEncoding(name) == nil) }

  @Test func namesThatSystemsKeep() throws {
    let source = DataSource(path: Fixture.path("own.zip"))
    #expect(try source.names() == ["set/a.txt", "set/b.c.txt"])
    let group = try #require(source.omissions.inReading.groups.first)
    #expect(group.reason == "hidden, or kept by a system for itself" && group.count == 6)
    #expect(try source.names(hidden: true).count == 8)
    #expect(try source.entries(named: [".DS_Store"]) == [".DS_Store": [0x30]])
    let fixture = try Fixture()
    for (name, bytes) in [("a.txt", [1]), (".git/b", [2]), ("c/._a.txt", [3]), ("c/Thumbs.db", [4])]
      as [(_, [UInt8])]
    {
      _ = try fixture.file("folder/\(name)", bytes)
    }
    let folder = DataSource(path: fixture.scratch + "/folder")
    #expect(try folder.names() == ["a.txt"] && folder.filesOnDisk() == ["a.txt"])
    #expect(folder.omissions.inReading.groups.first?.names == [".git/", "c/._a.txt", "c/Thumbs.db"])
    #expect(try folder.entries(named: ["c/._a.txt"]) == ["c/._a.txt": [3]])
    var bytes: [UInt8] = []
    try folder.forEachChunkOnDisk { bytes += $0 }
    #expect(bytes == Array("a.txt\0".utf8) + [1, 0, 0, 0, 0, 0, 0, 0, 1])
    // A file that is named itself is read whatever its name, and so is what has dots in other places.
    #expect(try DataSource(path: fixture.file(".data", [7])).all() == [Pair(name: ".data", bytes: [7])])
    #expect(["a/../b", "./a", "..", "a.b/c"].allSatisfy { !EntryName.isHidden($0) })
    let only = DataSource(path: try fixture.file("only/.DS_Store", [1]).replacing("/.DS_Store", with: ""))
    #expect(
      only.failure()
        == "PATH: the folder holds no files; left out hidden, or kept by a system for itself: 1: \".DS_Store\"")
  }
}
