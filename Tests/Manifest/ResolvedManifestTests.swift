import Foundation
import Testing

@testable import Manifest

private enum Rule: String, CaseIterable { case sgd, adam }

private struct Views: ManifestSection, Equatable {
  var rotation: Double
  var flip: Bool

  init(from section: SectionReader) throws(ManifestError) {
    rotation = try section("rotation", .number(in: 0...180), default: 20, "largest rotation, degrees")
    flip = try section("flip", .boolean, default: true, "mirror half of the views")
  }
}

private struct Run: ManifestSection, Equatable {
  var name: String
  var rule: Rule
  var encoder: String
  var rate: Double
  var seed: Int?
  var data: String
  var cache: String
  var classes: [String]
  var sizes: [Int]
  var means: [Double]?
  var views: Views
  var other: Views?
  var nothing: Bool

  init(from section: SectionReader) throws(ManifestError) {
    data = try section("data", .path, "archive or folder")
    name = try section("name", .string, default: "run", "what messages call it")
    rule = try section("rule", .choice(of: Rule.self), default: .sgd, "optimiser")
    encoder = try section("encoder", .choice(of: ["net", "mlp"]), "encoder")
    rate = try section("rate", .number(in: .positive), "learning rate")
    seed = try section("seed", .integer, default: nil, "random seed")
    cache = try section("cache", .path, default: "~/.cache", "decoded samples")
    classes = try section("classes", .list(of: .string), default: ["a", "b c"], "names")
    sizes = try section("sizes", .list(of: .integer(in: 1...)), default: [24, 24], "height and width, pixels")
    means = try section("means", .list(of: .number), default: nil, "per channel")
    views = try section.read(Views.self, at: "views", "the transformed view")
    other = try section.read(Views.self, at: "other", default: nil, "a second one")
    nothing = try section.section("nothing", "has no keys") { _ in true }
    try section.check(rate < 1 || seed != nil, "rate", "found \(rate); expected less than 1 without a seed")
  }
}

private func resolve(_ yaml: String) throws -> ResolvedManifest<Run> {
  try ManifestDocument(text: yaml, folder: "/data/set").read(Run.self)
}

@Suite struct ResolvedManifestTests {
  let home = ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory()

  @Test func valuesAreFoundByTheirKeys() throws {
    let manifest = try resolve("rate: 1e-4\nencoder: mlp\ndata: x.tar\nviews: {flip: false}")
    let expected = [
      "name": "run", "classes": "[a, b c]", "sizes": "[24, 24]", "seed": "null", "views.flip": "false",
      "views.flap": nil, "name.flip": nil,
    ]
    for (path, value) in expected { #expect(manifest.value(of: path) == value, "\(path)") }
    #expect(manifest.value(of: "views")?.contains("flip: false") == true)
  }

  @Test func defaults() throws {
    let manifest = try resolve("rate: 1e-4\nencoder: mlp\ndata: x.tar")
    #expect(manifest.configuration.rate == 1e-4)
    #expect(manifest.configuration.rule == .sgd)
    #expect(manifest.configuration.seed == nil)
    #expect(manifest.configuration.other == nil)
    #expect(
      manifest.resolvedYAML() == """
        data: /data/set/x.tar
        name: run
        rule: sgd
        encoder: mlp
        rate: 0.0001
        seed: null
        cache: \(home)/.cache
        classes: [a, b c]
        sizes: [24, 24]
        means: null
        views:
          rotation: 20
          flip: true
        other: null
        nothing: {}

        """)
  }

  @Test(arguments: [
    ("1e-4", 1e-4), ("1E+3", 1000), ("5", 5), ("+.5", 0.5), ("7.", 7),
    ("2.2250738585072014e-308", .leastNormalMagnitude), ("0.1", 0.1),
    ("1e-07", 1e-7), ("1.7976931348623157e308", Double.greatestFiniteMagnitude),
    ("1234567890123456", 1234567890123456),
  ])
  func numbers(text: String, value: Double) throws {
    let first = try resolve("rate: \(text)\nseed: 1\nencoder: mlp\ndata: x").configuration
    #expect(first.rate == value)
    let again = try resolve(try resolve("rate: \(text)\nseed: 1\nencoder: mlp\ndata: x").resolvedYAML())
    #expect(again.configuration == first)
  }

  @Test func integerLimits() throws {
    for value in [Int.min, -1, 0, Int.max] {
      let manifest = try resolve("rate: 1\nseed: \(value)\nencoder: mlp\ndata: x")
      #expect(manifest.configuration.seed == value)
      #expect(try resolve(manifest.resolvedYAML()).configuration.seed == value)
    }
  }

  @Test func roundTrip() throws {
    let yaml = """
      data: ../b
      name: "12"
      rule: adam
      encoder: net
      rate: 2
      seed: -4
      classes: one
      sizes: []
      means: [0.5, 1, 1e-9]
      views: {rotation: 0.1, flip: false}
      other: {}
      """
    let first = try resolve(yaml)
    #expect(first.configuration.data == "/data/b")
    #expect(first.configuration.classes == ["one"])
    #expect(first.configuration.other == Views?.some(try ManifestDocument(text: "").read(Views.self).configuration))
    let second = try resolve(first.resolvedYAML())
    #expect(second.configuration == first.configuration)
    #expect(second.resolvedYAML() == first.resolvedYAML())
    #expect(first.resolvedYAML().contains("name: \"12\"\n"))
    #expect(first.resolvedYAML().contains("means: [0.5, 1, 1.0e-09]\n"))
  }

  @Test func textSurvives() throws {
    let texts = [
      "", " ", "null", "~", "true", "no", "1e-4", "0x1F", "1_000", "2020-01-01", "<<", "=", "- a", "a: b", "#",
      "a #b", "&a", "*a",
      "!t", "%", "@", "`", "'", "\"", "\\", "[a]", "{a", "a,b", "line\nline\n", "\n", " lead", "trail ", "tab\t",
      "\u{0}", "\u{7F}",
      "é", "e\u{301}", "😀", "a\u{FEFF}", "\u{85}", "\u{2028}", "\u{202E}", "---", "...", "?", ":", "-", "a\r\nb",
      "\u{FFFF}",
      String(repeating: "word ", count: 100), "\u{10FFFF}",
    ]
    func read(_ yaml: String) throws -> ResolvedManifest<([String], String)> {
      try ManifestDocument(text: yaml).read { (s) throws(ManifestError) in
        (
          try s("list", .list(of: .string), default: texts, ""),
          try s("one", .string, default: texts.joined(separator: "|"), "")
        )
      }
    }
    let resolved = try read("").resolvedYAML()
    let again = try ManifestDocument(text: resolved).read { (s) throws(ManifestError) in
      (try s("list", .list(of: .string), ""), try s("one", .string, ""))
    }.configuration
    #expect(again.0.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
    #expect(Array(again.1.utf8) == Array(texts.joined(separator: "|").utf8))
  }

  @Test func description() throws {
    let keys = try ManifestKey.describe(Run.self)
    let lines = keys.map { [$0.path, $0.type, $0.default, $0.allowed, $0.meaning].joined(separator: " | ") }
    #expect(
      lines == [
        "data | path | required |  | archive or folder",
        "name | string | run |  | what messages call it",
        "rule | choice | sgd | sgd, adam | optimiser",
        "encoder | choice | required | net, mlp | encoder",
        "rate | number | required | above 0 | learning rate",
        "seed | integer | none |  | random seed",
        "cache | path | ~/.cache |  | decoded samples",
        "classes | list of strings | [a, b c] |  | names",
        "sizes | list of integers | [24, 24] | at least 1 | height and width, pixels",
        "means | list of numbers | none |  | per channel",
        "views | section |  |  | the transformed view",
        "views.rotation | number | 20 | from 0 to 180 | largest rotation, degrees",
        "views.flip | boolean | true | true, false | mirror half of the views",
        "other | section | none |  | a second one",
        "other.rotation | number | 20 | from 0 to 180 | largest rotation, degrees",
        "other.flip | boolean | true | true, false | mirror half of the views",
        "nothing | section |  |  | has no keys",
      ])
    let manifest = try resolve("rate: 0.5\nencoder: mlp\ndata: x\nother: {}")
    #expect(manifest.keys == keys)
  }
}
