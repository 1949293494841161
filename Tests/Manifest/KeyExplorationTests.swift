import Testing

@testable import Manifest

private struct Data: ManifestSection {
  enum Format: String, CaseIterable { case table, lines }

  init(from section: SectionReader) throws(ManifestError) {
    let format = try section("format", .choice, default: Format.table, "layout")
    if format == .table {
      let hasHeader = try section("header", .boolean, default: false, "whether there is a header")
      if hasHeader { _ = try section("column", .string, "name of the column") }
    } else {
      let unit = try section("unit", .choice(of: ["word", "letter", "byte"]), "what a line is cut into")
      if unit != "byte" { _ = try section("longest", .integer, default: 9, "longest unit") }
    }
    if try section("label", .choice(of: ["folder", "file"]), default: nil, "where classes are") == "file" {
      _ = try section("labels", .path, "file with the classes")
    }
    _ = try section("limit", .integer, default: 5, "most items")
  }
}

/// Keys that only some choices have are described, with the choices.
@Suite struct KeyExplorationTests {
  @Test func everyBranchIsFound() throws {
    let keys = try ManifestKey.describe(Data.self)
    #expect(
      keys.map { "\($0.path) \($0.conditions)" } == [
        "format []",
        "unit [\"format=lines\"]",
        "longest [\"format=lines\", \"unit=word\", \"unit=letter\"]",
        "header [\"format=table\"]",
        "column [\"format=table\", \"header=true\"]",
        "label []",
        "labels [\"label=file\"]",
        "limit []",
      ])
    #expect(keys.first { $0.path == "unit" }?.choices == ["word", "letter", "byte"])
    #expect(keys.first { $0.path == "header" }?.choices == ["true", "false"])
  }

  @Test func severalValuesOfOneChoiceAreAllNoted() throws {
    let keys = try ManifestKey.describe { section throws(ManifestError) in
      let kind = try section("kind", .choice(of: ["a", "b", "c", "d"]), default: "a", "kind")
      if kind == "b" || kind == "d" { _ = try section("size", .integer, "size") }
    }
    #expect(keys.last?.path == "size")
    #expect(keys.last.map { Set($0.conditions) } == ["kind=b", "kind=d"])
  }

  @Test func aRefusedCombinationIsPassedOver() throws {
    let keys = try ManifestKey.describe { section throws(ManifestError) in
      let kind = try section("kind", .choice(of: ["a", "b"]), default: "a", "kind")
      if kind == "b" { throw section.error("kind", "not today") }
      _ = try section("size", .integer, "size")
    }
    #expect(keys.map(\.path) == ["kind", "size"])
  }

  @Test func keysMadeUpWithoutEndAreNotFollowedWithoutEnd() throws {
    let keys = try ManifestKey.describe { section throws(ManifestError) in
      var name = "k"
      while try section(name, .boolean, default: false, "goes on"), name.count < 10_000 { name += "k" }
    }
    #expect(keys.count > 10 && keys.count < 2000)
  }

  private func lines(
    _ body: (SectionReader) throws(ManifestError) -> Void
  ) throws -> [String] {
    try ManifestKey.describe(body).map { "\($0.path) \($0.type) \($0.conditions)" }
  }

  /// What the default choice reads is no more a matter of course than what the others do.
  @Test func keysOfTheDefaultChoiceHaveItForACondition() throws {
    let found = try lines { section throws(ManifestError) in
      let name = try section("name", .choice(of: ["a", "b", "c"]), default: "a", "name")
      if name != "b" { _ = try section("size", .integer, default: 1, "size") }
      if name == "a" { _ = try section("depth", .integer, default: 1, "depth") }
      _ = try section("rate", .integer, default: 1, "rate")
    }
    #expect(
      found == [
        "name choice []", "size integer [\"name=a\", \"name=c\"]", "depth integer [\"name=a\"]", "rate integer []",
      ])
  }

  /// One key may be another thing with each choice.
  @Test func aKeyReadInSeveralWaysIsListedForEach() throws {
    let found = try lines { section throws(ManifestError) in
      switch try section("format", .choice(of: ["array", "folder", "list"]), default: "array", "format") {
      case "array": _ = try section("labels", .list(of: .string), default: [], "entries")
      case "folder":
        if try section("labels", .choice(of: ["none", "name"]), default: "none", "where") == "name" {
          _ = try section("pattern", .string, "pattern")
        }
      default: _ = try section("labels", .integer, default: 0, "column")
      }
    }
    #expect(
      Set(found) == [
        "format choice []", "labels list of strings [\"format=array\"]", "labels choice [\"format=folder\"]",
        "pattern string [\"format=folder\", \"labels=name\"]", "labels integer [\"format=list\"]",
      ])
    #expect(found.first == "format choice []" && found.count == 5)
  }

  @Test func anAbsentChoiceIsWrittenNull() throws {
    let found = try lines { section throws(ManifestError) in
      if try section("kind", .choice(of: ["a"]), default: nil, "kind") == nil {
        _ = try section("n", .integer, "n")
      }
    }
    #expect(found.last == "n integer [\"kind=null\"]")
  }
}
