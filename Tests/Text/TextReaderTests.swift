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

  /// A file is read in pieces of 65,536 bytes, between which any line end may lie.
  @Test(arguments: ["\n", "\r\n", "\r"]) func lineEndsMayLieBetweenPieces(end: String) throws {
    for length in 65_533...65_537 {
      try folder.write(
        String(repeating: "x", count: length) + end + "two" + end + "three", to: "data/\(length).txt")
    }
    let dataset = try folder.dataset("source: data")
    #expect(
      dataset.description.ids == (65_533...65_537).flatMap { length in (1...3).map { "\(length).txt:\($0)" } })
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
        == ["data: texts repaired by U+FFFD, bytes that are not UTF-8: 1: \"a.txt:2\""])
    #expect(
      folder.message("source: data, onInvalidUTF8: fail")?.hasSuffix(
        "data, entry \"a.txt\": line 2: found bytes that are not UTF-8; data.onInvalidUTF8: replace accepts them; "
          + "data.onUndecodable: skip leaves it out") == true)
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
    #expect(dataset.description.notes == ["data: left out texts, without any token (words): 1: \"a.txt:2\""])
  }

  /// LF, CR LF and CR alone end a line, also where a piece of the file ends between CR and LF.
  @Test func linesEndInAnyWay() throws {
    let long = String(repeating: "x", count: 65_535)
    for end in ["\n", "\r\n", "\r"] {
      try folder.write(["one", "", "two", "three"].joined(separator: end), to: "data/a.txt")
      #expect(try folder.texts("source: data") == ["one", "two", "three"])
      #expect(try folder.dataset("source: data").description.ids == ["a.txt:1", "a.txt:3", "a.txt:4"])
      try folder.write(["{\"text\": 1}", "{\"text\": 2}", ""].joined(separator: end), to: "data/a.txt")
      #expect(try folder.texts("source: data, format: jsonl") == ["1", "2"])
      try folder.write("text,k\(end)\"a\(end)b\",1\(end)c,2\(end)", to: "data/a.txt")
      #expect(try folder.texts("source: data, format: csv") == ["a\(end)b", "c"])
      try folder.write([long, "y", ""].joined(separator: end), to: "data/a.txt")
      #expect(try folder.dataset("source: data").description.ids == ["a.txt:1", "a.txt:2"])
    }
  }

  @Test func tablesOfSpreadsheetsAndDataFrames() throws {
    try folder.write(",text,label,label\n0,one,a,x\n1,two,b,y\n", to: "data/t.csv")
    #expect(try folder.texts("source: data, format: csv") == ["one", "two"])
    #expect(
      folder.message("source: data, format: csv, labelColumn: label")?.contains("2 columns are called \"label\"")
        == true)
    #expect(try folder.dataset("source: data, format: csv, labelColumn: 4").description.classNames == ["x", "y"])
    for (separator, name) in [(";", "auto"), ("\t", "auto"), ("|", "bar"), ("~", "'~'")] {
      try folder.write("text\(separator)label\none, and more\(separator)3\n", to: "data/t.csv")
      let keys = "source: data, format: csv, labelColumn: label, separator: \(name)"
      #expect(try folder.texts(keys) == ["one, and more"])
      #expect(try folder.dataset(keys).labels == [3])
    }
  }

  @Test func recordsOfOtherPrograms() throws {
    try folder.write(
      """
      {"text": "one", "score": NaN, "meta": {"body": "in one", "kind": [{"name": "x"}]}, "n": -Infinity}
      {"text": "two \\ud83d", "meta": {"body": "\\ud83d\\ude00"}, "n": 123456789012345678901234567890}
      {"text": "three \\ud83d\\u0041", "meta.body": "whole", "label": "-1", "n": 1}
      """, to: "data/t.jsonl")
    let keys = "source: data, format: jsonl"
    #expect(try folder.texts(keys) == ["one", "two \u{FFFD}", "three \u{FFFD}A"])
    #expect(
      try folder.dataset(keys).description.notes
        == [
          "data: texts repaired by U+FFFD, halves of characters (single surrogates): 2: \"t.jsonl:2\"; \"t.jsonl:3\""
        ])
    #expect(try folder.texts(keys + ", field: meta.body") == ["in one", "\u{1F600}", "whole"])
    #expect(try folder.texts(keys + ", field: n") == ["-Infinity", "123456789012345678901234567890", "1"])
    // A record that does not say its class is not labelled.
    let labelled = try folder.dataset(keys + ", labelField: meta.kind.0.name")
    #expect(labelled.labels == [0, -1, -1] && labelled.description.classNames == ["x"])
  }

  @Test func whatCannotBeReadIsLeftOutAndNamed() throws {
    try folder.write(
      Array("one\n".utf8) + [0x66, 0xFC, 0x0A, 0x00, 0x0A] + Array("two\n".utf8), to: "data/a.txt")
    let lines = "source: data, onInvalidUTF8: fail, onUndecodable: skip"
    #expect(try folder.texts(lines) == ["one", "two"])
    #expect(
      try folder.dataset(lines).description.notes == [
        "data: left out texts, found bytes that are not UTF-8; data.onInvalidUTF8: replace accepts them: 1: \"a.txt:2\"",
        "data: left out texts, found a zero byte; expected UTF-8 text: 1: \"a.txt:3\"",
      ])
    try folder.write("text,label\none,1\ntwo\nthree,2\nfour,3,\n,5\n", to: "data/a.txt")
    let table = "source: data, format: csv, onUndecodable: skip"
    #expect(try folder.texts(table) == ["one", "three"])
    #expect(
      try folder.dataset(table).description.notes == [
        "data: left out texts, found 1 fields; expected 2 as in the first row: 1: \"a.txt:3\"",
        "data: left out texts, found 3 fields; expected 2 as in the first row: 1: \"a.txt:5\"",
        "data: left out texts, blank: 1: \"a.txt:6\"",
      ])
    try folder.write("{\"text\": \"one\"}\n{\"text\": \n{}\n{\"text\": \"two\"}\n", to: "data/a.txt")
    let records = "source: data, format: jsonl, onUndecodable: skip, tokens: {kind: words}"
    let dataset = try folder.dataset(records)
    #expect(dataset.description.ids == ["a.txt:1", "a.txt:4"])
    #expect(
      dataset.description.notes == [
        "data: left out texts, found no JSON object: the line ends too early; expected a value of JSON: 1: \"a.txt:2\"",
        "data: left out texts, no field \"text\"; found none: 1: \"a.txt:3\"",
      ])
    try folder.write("[\n]\n", to: "data/a.txt")
    #expect(
      folder.message(records)?.contains(
        "found no text that can be used; data: left out texts, found no JSON object: ") == true)
  }
}
