import Foundation
import IICCore
import Testing

@testable import TextModality

@Suite struct TextReaderTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func linesAreItemsAndBlankOnesAreNot() throws {
    try folder.write("\u{FEFF}one\r\n\n  \t\ntwo\nthree", to: "data/a.txt")
    try folder.write("four\n", to: "data/sub/b.txt")
    #expect(try folder.texts("source: data") == ["one", "two", "three", "four"])
    let dataset = try folder.dataset("source: data")
    #expect(dataset.description.ids == ["a.txt:1", "a.txt:4", "a.txt:5", "sub/b.txt:1"])
    #expect(dataset.labels == nil)
    #expect(dataset.description.notes.isEmpty)
    #expect(try folder.texts("source: data/a.txt, maxItems: 2") == ["one", "two"])
  }

  @Test func linesMayBeLongerThanAPiece() throws {
    let long = String(repeating: "x", count: 200_000)
    try folder.write("first\n\(long)\nlast", to: "data/a.txt")
    let texts = try folder.texts("source: data")
    #expect(texts == ["first", String(repeating: "x", count: 64), "last"])
  }

  @Test func classesComeFromEntriesOrFolders() throws {
    for name in ["x/a.txt", "x/b.txt", "y/a.txt"] { try folder.write("text of \(name)\n", to: "data/\(name)") }
    #expect(try folder.dataset("source: data, labels: entry").labels == [0, 1, 2])
    #expect(try folder.dataset("source: data, labels: folder").labels == [0, 0, 1])
    #expect(try folder.dataset("source: data, format: files, labels: folder").labels == [0, 0, 1])
    try folder.write("one more", to: "data/c.txt")
    #expect(try folder.dataset("source: data, labels: folder").labels == [-1, 0, 0, 1])
  }

  @Test func aFileIsOneText() throws {
    try folder.write("two\nlines", to: "data/a.txt")
    try folder.write(" \n", to: "data/blank.txt")
    #expect(try folder.texts("source: data, format: files") == ["two\nlines"])
    #expect(try folder.dataset("source: data, format: files").description.ids == ["a.txt"])
  }

  @Test func entriesMayBeNamed() throws {
    for name in ["a", "b", "c"] { try folder.write(name, to: "data/\(name)") }
    #expect(try folder.texts("source: data, entries: [c, ./a]") == ["a", "c"])
    #expect(folder.message("source: data, entries: [c, d]")?.contains("no entry \"d\"; found \"a\", \"b\"") == true)
  }

  @Test func anArchiveReadsLikeItsFolder() throws {
    try folder.write("one\ntwo\n", to: "data/a.txt")
    try folder.write("three\n", to: "data/b.txt")
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = [
      "tar", "-C", folder.url.path(percentEncoded: false) + "/data", "-czf",
      folder.url.path(percentEncoded: false) + "/a.tar.gz", "./a.txt", "./b.txt",
    ]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    for source in ["a.tar.gz", "data"] {
      #expect(try folder.texts("source: \(source)") == ["one", "two", "three"])
    }
    #expect(
      try folder.dataset("source: a.tar.gz, labels: entry, entries: [b.txt, a.txt]").labels == [0, 0, 1])
  }

  @Test func tablesHaveAColumnOfTexts() throws {
    try folder.write("id,text,kind\n1,\"one, \"\"quoted\"\"\nline\",b\n2,two,a\n3,,a\n4,four,\n", to: "data/t.csv")
    let keys = "source: data/t.csv, format: csv, labelColumn: kind"
    #expect(try folder.texts(keys) == ["one, \"quoted\"\nline", "two", "four"])
    let dataset = try folder.dataset(keys)
    #expect(dataset.description.ids == ["t.csv:2", "t.csv:4", "t.csv:6"])
    #expect(dataset.labels == [1, 0, -1])
    try folder.write("1\tone\n2\ttwo\n", to: "data/t.tsv")
    #expect(try folder.texts("source: data/t.tsv, format: tsv, header: false, column: 2") == ["one", "two"])
    #expect(try folder.texts("source: data/t.csv, format: csv, column: 1") == ["1", "2", "3", "4"])
  }

  @Test func objectsHaveAFieldOfTexts() throws {
    try folder.write(
      """
      {"text": "one \\u00e9", "label": 7}

      {"label": 5, "text": null}
      {"text": "two", "label": 3, "more": [1, {}]}
      """, to: "data/t.jsonl")
    let keys = "source: data/t.jsonl, format: jsonl, labelField: label"
    #expect(try folder.texts(keys) == ["one é", "two"])
    #expect(try folder.dataset(keys).description.ids == ["t.jsonl:1", "t.jsonl:4"])
    #expect(try folder.dataset(keys).labels == [7, 3])
  }

  @Test func neighboursAreLinesOfOneEntry() throws {
    try folder.write("one\ntwo\n\nthree\n", to: "data/a")
    try folder.write("four\nfive\n", to: "data/b:c")
    // An entry's name may hold a colon, as stands between it and the line.
    try folder.write("six\n", to: "data/b:d")
    let partners = try #require(folder.dataset("source: data, pairs: neighbours").partners)
    let lists: [[Int]] = (0..<6).map { partners[$0] }
    let expected: [[Int]] = [[1], [0, 2], [1], [4], [3], []]
    #expect(lists == expected)
    #expect(try folder.dataset("source: data").partners == nil)
  }

  @Test func bytesThatAreNotUTF8AreReplacedAndCounted() throws {
    try folder.write(Array("one\n".utf8) + [0x66, 0xFC, 0x72, 0x0A] + Array("two\n".utf8), to: "data/a.txt")
    #expect(try folder.texts("source: data") == ["one", "f\u{FFFD}r", "two"])
    #expect(
      try folder.dataset("source: data").description.notes
        == ["data: texts repaired, whose bytes are not all UTF-8: 1: \"data:2\""])
    #expect(
      folder.message("source: data, onInvalidUTF8: fail")?.hasSuffix(
        "data, entry \"a.txt\": line 2: found bytes that are not UTF-8; data.onInvalidUTF8: replace accepts them")
        == true)
  }

  /// The companions that a Mac puts beside files are binary.
  @Test func whatSystemsKeepIsNoText() throws {
    try folder.write("one\ntwo\n", to: "data/a.txt")
    for name in ["._a.txt", ".DS_Store", "__MACOSX/._a.txt", "Thumbs.db"] {
      try folder.write([0, 5, 0x16, 7, 0], to: "data/\(name)")
    }
    #expect(try folder.texts("source: data") == ["one", "two"])
    let dataset = try folder.dataset("source: data")
    #expect(
      dataset.description.notes == [
        "data: left out entries, hidden, or kept by a system for itself: 4: \"__MACOSX/\"; \".DS_Store\"; "
          + "\"._a.txt\"; \"Thumbs.db\""
      ])
    // Who names an entry wants it.
    try folder.write("three\n", to: "data/.b.txt")
    #expect(try folder.texts("source: data, entries: [.b.txt]") == ["three"])
  }

  @Test func textsWithoutTokensAreCounted() throws {
    try folder.write("one\n---\n", to: "data/a.txt")
    let dataset = try folder.dataset("source: data, tokens: {kind: words}")
    #expect(dataset.count == 1)
    #expect(dataset.description.notes == ["data: left out texts, without any token (words): 1: \"data:2\""])
  }
}
