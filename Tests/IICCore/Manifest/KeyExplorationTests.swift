import IICCore
import Testing

private struct Data: ManifestSection {
  enum Format: String, CaseIterable { case table, lines }

  init(from section: SectionReader) throws(ManifestError) {
    let format = try section.choice("format", default: Format.table, "layout")
    if format == .table {
      let hasHeader = try section.boolean("header", default: false, "whether there is a header")
      if hasHeader { _ = try section.string("column", "name of the column") }
    } else {
      let unit = try section.choice("unit", of: ["word", "letter", "byte"], "what a line is cut into")
      if unit != "byte" { _ = try section.integer("longest", default: 9, "longest unit") }
    }
    if try section.choice("label", default: nil, of: ["folder", "file"], "where classes are") == "file" {
      _ = try section.path("labels", "file with the classes")
    }
    _ = try section.integer("limit", default: 5, "most items")
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
      let kind = try section.choice("kind", default: "a", of: ["a", "b", "c", "d"], "kind")
      if kind == "b" || kind == "d" { _ = try section.integer("size", "size") }
    }
    #expect(keys.last?.path == "size")
    #expect(keys.last.map { Set($0.conditions) } == ["kind=b", "kind=d"])
  }

  @Test func aRefusedCombinationIsPassedOver() throws {
    let keys = try ManifestKey.describe { section throws(ManifestError) in
      let kind = try section.choice("kind", default: "a", of: ["a", "b"], "kind")
      if kind == "b" { throw section.error("kind", "not today") }
      _ = try section.integer("size", "size")
    }
    #expect(keys.map(\.path) == ["kind", "size"])
  }

  @Test func keysMadeUpWithoutEndAreNotFollowedWithoutEnd() throws {
    let keys = try ManifestKey.describe { section throws(ManifestError) in
      var name = "k"
      while try section.boolean(name, default: false, "goes on"), name.count < 10_000 { name += "k" }
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
      let name = try section.choice("name", default: "a", of: ["a", "b", "c"], "name")
      if name != "b" { _ = try section.integer("size", default: 1, "size") }
      if name == "a" { _ = try section.integer("depth", default: 1, "depth") }
      _ = try section.integer("rate", default: 1, "rate")
    }
    #expect(
      found == [
        "name choice []", "size integer [\"name=a\", \"name=c\"]", "depth integer [\"name=a\"]", "rate integer []",
      ])
  }

  /// One key may be another thing with each choice.
  @Test func aKeyReadInSeveralWaysIsListedForEach() throws {
    let found = try lines { section throws(ManifestError) in
      switch try section.choice("format", default: "array", of: ["array", "folder", "list"], "format") {
      case "array": _ = try section.strings("labels", default: [], "entries")
      case "folder":
        if try section.choice("labels", default: "none", of: ["none", "name"], "where") == "name" {
          _ = try section.string("pattern", "pattern")
        }
      default: _ = try section.integer("labels", default: 0, "column")
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
      if try section.choice("kind", default: nil, of: ["a"], "kind") == nil { _ = try section.integer("n", "n") }
    }
    #expect(found.last == "n integer [\"kind=null\"]")
  }
}
