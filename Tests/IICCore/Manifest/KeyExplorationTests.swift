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
        "longest [\"format=lines\"]",
        "header []",
        "column [\"header=true\"]",
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
}
