import Foundation
import IICTesting
import Testing

@testable import TextModality

@Suite struct TextConformanceTests {
  static let lines = ModalityConformance(
    TextModality.self,
    manifest: """
      name: lines
      modality: text
      data: {source: data, labels: entry, tokens: {length: 48}}
      heads: {main: {clusters: 2, subheads: 2}, auxiliary: {clusters: 4}}
      training: {epochs: 1, batch: 12, repeats: 2, precision: float32, threads: 1}
      """,
    items: 24, classes: 2, layouts: layouts,
    empty: .init(mention: "data: found no text") { try write("\n  \n", to: "data/a.txt", in: $0) },
    corrupt: .init(mention: "entry \"b.txt\": line 2: found a zero byte") { folder in
      try write("fine\n", to: "data/a.txt", in: folder)
      try write("fine\nda\0maged\n", to: "data/b.txt", in: folder)
    }
  ) { folder in
    try writeLayouts(in: folder)
    for name in ["a", "b"] {
      let lines = (0..<12).map { "line \($0) of the entry \(name) has some words" }
      try write(lines.joined(separator: "\n"), to: "data/\(name).txt", in: folder)
    }
  }

  static let objects = ModalityConformance(
    TextModality.self,
    manifest: """
      name: objects
      modality: text
      data: {source: data, format: jsonl, tokens: {kind: words, vocabulary: 10, length: 12}, pairs: neighbours}
      heads: {main: {clusters: 2}}
      training: {epochs: 1, batch: 12, repeats: 2, precision: float32, threads: 1}
      """,
    items: 20, layouts: layouts,
    empty: .init(mention: "data: found no text") { try write("\n", to: "data/a.jsonl", in: $0) },
    corrupt: .init(mention: "entry \"a.jsonl\": line 2: ") {
      try write("{\"text\": \"x\"}\n{\"text\": \n", to: "data/a.jsonl", in: $0)
    }
  ) { folder in
    try writeLayouts(in: folder)
    let lines = (0..<20).map { "{\"text\": \"number \($0) of twenty objects\"}" }
    try write(lines.joined(separator: "\n"), to: "data/a.jsonl", in: folder)
  }

  /// Every format, each of several entries with capitals and with a byte that is not UTF-8.
  private static let layouts = [
    layout("{source: $FOLDER/lines, labels: entry}", entry: "a/one.txt"),
    layout("{source: $FOLDER/csv, format: csv, labelColumn: class}", entry: "one.csv", text: "data.column"),
    layout("{source: $FOLDER/tsv, format: tsv, labelColumn: class}", entry: "one.tsv", text: "data.column"),
    layout("{source: $FOLDER/jsonl, format: jsonl, labelField: class}", entry: "one.jsonl", text: "data.field"),
  ]

  private static func layout(_ data: String, entry: String, text: String? = nil) -> DataLayout {
    var changes = [
      "data.entries": ["data.entries=[\(entry)]"], "data.tokens.vocabulary": ["data.tokens.vocabulary=2"],
    ]
    if let text { changes[text] = ["\(text)=other"] }
    if text == "data.column" {
      // By another separator every row is one field.
      changes["data.separator"] = [
        "data.separator=bar", "data.header=false", "data.column=1", "data.labelColumn=null",
      ]
    }
    return DataLayout(["data=\(data)"], changes: changes, inert: ["data.onUndecodable"])
  }

  private static func writeLayouts(in folder: URL) throws {
    for (name, text) in [("a/one", "Some Words"), ("b/two", "other Words"), ("b/three", "Words of three")] {
      try write("\(text)\n\(text) and #\n", to: "lines/\(name).txt", in: folder)
      let rows = [[text, "more \(text)", name], ["\(text) and #", "few", "no \(name)"]]
      let short = name.dropFirst(2)
      for (kind, separator) in [("csv", ","), ("tsv", "\t")] {
        let lines = ([["text", "other", "class"]] + rows).map { $0.joined(separator: separator) }
        try write(lines.joined(separator: "\n"), to: "\(kind)/\(short).\(kind)", in: folder)
      }
      let objects = rows.map { "{\"text\": \"\($0[0])\", \"other\": \"\($0[1])\", \"class\": \"\($0[2])\"}" }
      try write(objects.joined(separator: "\n"), to: "jsonl/\(short).jsonl", in: folder)
    }
  }

  /// Writes a text; `#` becomes a byte that is not UTF-8.
  private static func write(_ text: String, to name: String, in folder: URL) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8.map { $0 == UInt8(ascii: "#") ? 0xFF : $0 }).write(to: file)
  }

  @Test(arguments: ConformanceCheck.allCases)
  func texts(_ check: ConformanceCheck) throws {
    try Self.lines.holds(check)
    try Self.objects.holds(check)
  }
}
