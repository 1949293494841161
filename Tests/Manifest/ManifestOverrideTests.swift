import Foundation
import Testing

@testable import Manifest

private struct Training: ManifestSection {
  var epochs: Int
  var rates: [Double]
  var name: String?
  var cache: String

  init(from section: SectionReader) throws(ManifestError) {
    (epochs, rates, name, cache) = try section.section("training", "") { (s) throws(ManifestError) in
      (
        try s("epochs", .integer(in: 1...), default: 3, ""), try s("rates", .list(of: .number), default: [], ""),
        try s("name", .string, default: nil, ""), try s("cache", .path, default: "cache", "")
      )
    }
  }
}

private func read(_ yaml: String, set overrides: String...) throws(ManifestError) -> Training {
  try ManifestDocument(text: yaml, source: "a.yaml", folder: "/data", overrides: overrides)
    .read(Training.self).configuration
}

private func problem(_ yaml: String, set override: String) -> String? {
  do {
    _ = try read(yaml, set: override)
    return nil
  } catch {
    return error.description
  }
}

@Suite struct ManifestOverrideTests {
  @Test func replaceAndCreate() throws {
    #expect(try read("training:\n  epochs: 5", set: "training.epochs=7").epochs == 7)
    #expect(try read("", set: "training.epochs=7").epochs == 7)
    #expect(try read("training:", set: "training.epochs=7").epochs == 7)
    #expect(try read("", set: "training.epochs=7", "training.epochs=8").epochs == 8)
    #expect(try read("training: {epochs: 5, name: a}", set: "training={name: b}").epochs == 3)
    let training = try read("training: {epochs: 5}", set: "training.rates=[1e-4, 2]", " training.name = a=b c ")
    #expect(training.epochs == 5)
    #expect(training.rates == [1e-4, 2])
    #expect(training.name == "a=b c")
    #expect(try read("training: {name: x}", set: "training.name=null").name == nil)
    #expect(try read("", set: "training.name=\"null\"").name == "null")
  }

  @Test func pathsStartWhereTheCommandIsGiven() throws {
    #expect(try read("training: {cache: x/../y}").cache == "/data/y")
    #expect(try read("", set: "training.cache=y").cache == FileManager.default.currentDirectoryPath + "/y")
    #expect(try read("", set: "training.cache=/a//b/.").cache == "/a/b")
  }

  @Test(arguments: [
    ("training.epochs=x", "--set training.epochs=x: found \"x\"; expected a whole number of at least 1"),
    ("training.epochs=", "--set training.epochs=: found nothing; expected a whole number of at least 1"),
    (
      "training={epochs: x}",
      "--set training={epochs: x}: training.epochs: found \"x\"; expected a whole number of at least 1"
    ),
    ("training=3", "--set training=3: found \"3\"; expected a section"),
    (
      "training.cash=3",
      "--set training.cash=3: unknown key; allowed: epochs, rates, name, cache; did you mean \"cache\"?"
    ),
    ("model.depth=3", "--set model.depth=3: model: unknown key; allowed: training"),
    ("training.name.x=3", "--set training.name.x=3: training.name: found \"n\"; expected a section"),
    ("training", "--set training: expected key.path=value"),
    ("=3", "--set =3: expected key.path=value"),
    ("training..epochs=3", "--set training..epochs=3: expected key.path=value"),
    (
      "training.rates=[1",
      "--set training.rates=[1: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence"
        + " that begins on line 1"
    ),
    (
      "training.name=a: b",
      "--set training.name=a: b: expected a scalar, a [list] or a {mapping} as the value; quote text that YAML reads"
        + " otherwise"
    ),
    (
      "training.name=*a",
      "--set training.name=*a: YAML anchors and aliases (& and *) are not allowed in a manifest"
    ),
  ])
  func malformed(override: String, expected: String) {
    #expect(problem("training: {name: n}", set: override) == expected)
  }
}
