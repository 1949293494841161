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
    items: 24, classes: 2,
    empty: .init(mention: "data: found no text") { try write("\n  \n", to: "data/a.txt", in: $0) },
    corrupt: .init(mention: "entry \"b.txt\": line 2: found a zero byte") { folder in
      try write("fine\n", to: "data/a.txt", in: folder)
      try write("fine\nda\0maged\n", to: "data/b.txt", in: folder)
    }
  ) { folder in
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
    items: 20,
    empty: .init(mention: "data: found no text") { try write("\n", to: "data/a.jsonl", in: $0) },
    corrupt: .init(mention: "entry \"a.jsonl\": line 2: ") {
      try write("{\"text\": \"x\"}\n{\"text\": \n", to: "data/a.jsonl", in: $0)
    }
  ) { folder in
    let lines = (0..<20).map { "{\"text\": \"number \($0) of twenty objects\"}" }
    try write(lines.joined(separator: "\n"), to: "data/a.jsonl", in: folder)
  }

  private static func write(_ text: String, to name: String, in folder: URL) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  @Test(arguments: ConformanceCheck.allCases)
  func texts(_ check: ConformanceCheck) throws {
    try Self.lines.holds(check)
    try Self.objects.holds(check)
  }
}
