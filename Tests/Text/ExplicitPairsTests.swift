import Foundation
import IICCore
import Manifest
import Testing
import TextModality

/// Texts that a table pairs by their ids.
@Suite struct ExplicitPairsTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    for name in ["a.txt", "b.txt", "c.txt", "sub/d.txt"] {
      try folder.write("first of \(name)\nsecond of \(name)\n", to: "data/\(name)")
    }
  }

  private func experiment(_ data: String, pairs: String...) throws -> Experiment {
    try folder.write((["left,right"] + pairs).joined(separator: "\n"), to: "pairs.csv")
    let document = try folder.document(
      """
      name: pairs
      modality: text
      data: {\(data)}
      views: {base: {dropout: 0}, transformed: {dropout: 0}}
      pairs: {source: pairs.csv}
      heads: {main: {clusters: 2}}
      training: {epochs: 1, batch: 8, repeats: 2, precision: float32, threads: 1}
      """)
    return try Experiment(document, registry: Registry([TextModality.self]), cache: folder.cache)
  }

  /// The partners of each text that has some, by ids.
  private func partners(of experiment: Experiment) throws -> [String: [String]] {
    let ids = experiment.dataset.description.ids
    let partners = try #require(experiment.dataset.partners)
    var found: [String: [String]] = [:]
    for item in ids.indices where partners.has(item) { found[ids[item]] = partners[item].map { ids[$0] } }
    return found
  }

  @Test func filesAreNamedByTheirPaths() throws {
    let found = try partners(
      of: experiment("source: data, format: files", pairs: "a.txt,sub/d.txt", "c.txt,b.txt", "a.txt,b.txt"))
    let expected = [
      "a.txt": ["sub/d.txt", "b.txt"], "b.txt": ["c.txt", "a.txt"], "c.txt": ["b.txt"], "sub/d.txt": ["a.txt"],
    ]
    #expect(found == expected)
  }

  @Test func entriesOfAnArchiveAreNamedLikeFiles() throws {
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.currentDirectoryURL = folder.url.appending(path: "data")
    tar.arguments = ["tar", "-czf", "../all.tar.gz", "sub/d.txt", "a.txt", "b.txt"]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    let found = try partners(of: experiment("source: all.tar.gz, format: files", pairs: "a.txt,sub/d.txt"))
    #expect(found == ["a.txt": ["sub/d.txt"], "sub/d.txt": ["a.txt"]])
  }

  @Test func linesAreNamedByEntryAndNumber() throws {
    let found = try partners(of: experiment("source: data", pairs: "a.txt:1,sub/d.txt:2"))
    #expect(found == ["a.txt:1": ["sub/d.txt:2"], "sub/d.txt:2": ["a.txt:1"]])
    let file = try partners(of: experiment("source: data/b.txt", pairs: "b.txt:1,b.txt:2"))
    #expect(file == ["b.txt:1": ["b.txt:2"], "b.txt:2": ["b.txt:1"]])
  }

  @Test func aNameThatNoTextHasIsRefused() throws {
    let error = #expect(throws: (any Error).self) { try experiment("source: data", pairs: "a.txt:1,a.txt") }
    #expect(error.map { "\($0)" }?.contains("line 2, column \"right\": no item is called \"a.txt\"") == true)
  }

  @Test func neighboursAndATableAreNotBothTaken() throws {
    let error = #expect(throws: ManifestError.self) {
      try experiment("source: data, pairs: neighbours", pairs: "a.txt:1,a.txt:2")
    }
    #expect(error?.key == "pairs")
    #expect(error?.problem.contains("such as data.pairs: itself") == true)
  }

  /// Unchanged views are a mistake where nothing pairs different texts.
  @Test func withoutATableUnchangedViewsAreRefused() throws {
    let message = folder.message("source: data", "views: {base: {dropout: 0}, transformed: {dropout: 0}}")
    #expect(message?.contains("expected some, data.pairs: neighbours, or a section pairs") == true)
  }
}
