import Testing
import TestSupport

@testable import IICCore
@testable import Manifest

/// A key that has no effect under another's value is an error that says so, and the resolved manifest leaves it out.
@Suite struct KeysWithoutEffectTests {
  private let folder: TemporaryFolder
  private var cache: SampleCache { SampleCache(folder: folder.url) }

  init() throws { folder = try TemporaryFolder() }

  private struct Sections: ManifestSection {
    init(from root: SectionReader) throws(ManifestError) {
      let isCounted = try root("counted", .boolean, default: false, "")
      try root.section("a", "") { section throws(ManifestError) in
        _ = try section("number", .integer, default: 3, "")
        _ = try section.section("inner", "") { inner throws(ManifestError) in
          try inner("depth", .integer, default: 1, "")
        }
      }
      try root.requires("a.number", of: "counted", isCounted, "without counted: true")
      try root.requires("a.inner", of: "counted", isCounted, "without counted: true")
    }
  }

  private func read(
    _ text: String, set overrides: [String] = [], isResolved: Bool = false
  ) throws -> ResolvedManifest<Sections> {
    try ManifestDocument(text: text, source: "a.yaml", overrides: overrides, isResolved: isResolved)
      .read(Sections.self)
  }

  private func message(_ text: String, set overrides: [String] = [], isResolved: Bool = false) -> String? {
    #expect(throws: ManifestError.self) { try read(text, set: overrides, isResolved: isResolved) }?.description
  }

  private static let found = ", which has no effect without counted: true; leave the key out"

  @Test func givenOnesAreRefusedAtTheirPlace() throws {
    // Its default, too: who writes it expects something of it.
    #expect(message("a:\n  number: 3") == "a.yaml:2: a.number: found \"3\"\(Self.found)")
    #expect(message("", set: ["a.number=3"]) == "--set a.number=3: found \"3\"\(Self.found)")
    #expect(message("a: {inner: {depth: 2}}") == "a.yaml:1: a.inner: found a section\(Self.found)")
    #expect(message("", set: ["a.inner.depth=2"]) == "--set a.inner.depth=2: a.inner: found a section\(Self.found)")
    #expect(
      try read("counted: true\na: {number: 4}").resolvedYAML()
        == "counted: true\na:\n  number: 4\n  inner:\n    depth: 1\n")
  }

  @Test func theResolvedManifestLeavesThemOutAndReadsAgain() throws {
    for text in ["", "counted: false", "a: {}", "a: {inner: {}}"] {
      let resolved = try read(text).resolvedYAML()
      #expect(resolved == "counted: false\na: {}\n", "\(text)")
      #expect(try read(resolved).resolvedYAML() == resolved)
    }
  }

  /// A run's manifest of a program that wrote every key is read; on the command line the key is an error all the same.
  @Test func aRunsOwnManifestMayListThem() throws {
    let text = "counted: false\na:\n  number: 3\n  inner:\n    depth: 1\n"
    #expect(try read(text, isResolved: true).warnings.isEmpty)
    #expect(
      message(text, set: ["a.number=4"], isResolved: true) == "--set a.number=4: found \"4\"\(Self.found)")
  }

  /// The file was right before the command line changed the other key.
  @Test func whatTheCommandLineDeprivesOfItsEffectIsWarnedOf() throws {
    let text = "counted: true\na: {number: 4}"
    #expect(
      try read(text, set: ["counted=false"]).warnings == ["a.yaml:2: a.number: found \"4\"\(Self.found)"])
    #expect(
      message(text, set: ["counted=false", "a.number=5"]) == "--set a.number=5: found \"5\"\(Self.found)")
  }

  /// The keys that the core reads.
  @Test(arguments: [
    ("training.first=main", "training.scheme=together", "training.scheme=inTurn"),
    ("heads.main.passes=2", "training.scheme=together", "training.scheme=inTurn"),
    ("heads.auxiliary.passes=1", "training.scheme=together", "training.scheme=inTurn"),
    ("training.finalLearningRate=0.5", "training.schedule=constant", "training.schedule=cosine"),
    ("training.restarts.epochs=2", "training.restarts.count=1", "training.restarts.count=2"),
  ])
  func keysOfTheCore(key: String, without: String, with: String) throws {
    let error = #expect(throws: ManifestError.self) { try blobs([key, without], cache: cache) }
    #expect(error?.description.hasPrefix("--set \(key): found ") == true)
    #expect(error?.description.contains(", which has no effect ") == true)
    let path = String(key.prefix { $0 != "=" })
    let name = path.split(separator: ".").last ?? ""
    #expect(try blobs([key, with], cache: cache).resolvedYAML.contains("\(name): "))
    // A run's manifest names no key without effect.
    let resolved = try ManifestDocument(text: blobs([without], cache: cache).resolvedYAML)
    #expect(resolved.root.values(along: path).count <= path.split(separator: ".").count)
  }

  @Test func withoutAnAuxiliaryHeadNoneIsFirst() throws {
    let alone = ["heads={main: {clusters: 3}, auxiliary: null}", "training.scheme=inTurn"]
    let error = #expect(throws: ManifestError.self) { try blobs(alone + ["training.first=main"], cache: cache) }
    #expect(error?.description.contains("has no effect without an auxiliary head") == true)
    #expect(try blobs(alone + ["heads.main.passes=2"], cache: cache).resolvedYAML.contains("passes: 2"))
  }
}
