import Testing
import Torch

@testable import Manifest

private enum Rule: String, CaseIterable { case sgd, adam }

/// The message of the error that reading gives; nil if it gives none.
private func message(
  _ yaml: String, set overrides: [String] = [],
  _ body: (SectionReader) throws(ManifestError) -> Void
) -> String? {
  do {
    _ = try ManifestDocument(text: yaml, source: "a.yaml", folder: "/data", overrides: overrides).read(body)
    return nil
  } catch {
    return error.description
  }
}

@Suite struct ManifestErrorTests {
  @Test(arguments: [
    ("e: abc", "a.yaml:1: e: found \"abc\"; expected a whole number of at least 1"),
    ("\n\ne:\n  0", "a.yaml:4: e: found \"0\"; expected a whole number of at least 1"),
    ("e: 5.0", "a.yaml:1: e: found \"5.0\"; expected a whole number of at least 1"),
    ("e: 1e3", "a.yaml:1: e: found \"1e3\"; expected a whole number of at least 1"),
    ("e: 010", "a.yaml:1: e: found \"010\"; expected a whole number of at least 1"),
    ("e: 0x10", "a.yaml:1: e: found \"0x10\"; expected a whole number of at least 1"),
    ("e: \"5\"", "a.yaml:1: e: found \"5\" in quotes; expected a whole number of at least 1"),
    ("e:", "a.yaml:1: e: found nothing; expected a whole number of at least 1"),
    ("e: ~", "a.yaml:1: e: found nothing; expected a whole number of at least 1"),
    ("e: [1]", "a.yaml:1: e: found a list; expected a whole number of at least 1"),
    ("e: {a: 1}", "a.yaml:1: e: found a section; expected a whole number of at least 1"),
    (
      "e: 9223372036854775808",
      "a.yaml:1: e: found \"9223372036854775808\", which does not fit in 64 bits; "
        + "expected a whole number of at least 1"
    ),
    (
      "e: \"a\\nb\\u202E\"",
      "a.yaml:1: e: found \"a\\nb\\u{202E}\" in quotes; expected a whole number of at least 1"
    ),
  ])
  func integers(yaml: String, expected: String) {
    #expect(
      message(yaml) { (s) throws(ManifestError) in _ = try s("e", .integer(in: 1...), default: 3, "") } == expected)
  }

  @Test(arguments: [
    ("x: abc", "a.yaml:1: x: found \"abc\"; expected a number from 0 to 180"),
    ("x: 180.5", "a.yaml:1: x: found \"180.5\"; expected a number from 0 to 180"),
    ("x: .nan", "a.yaml:1: x: found \".nan\"; expected a number from 0 to 180"),
    ("x: nan", "a.yaml:1: x: found \"nan\"; expected a number from 0 to 180"),
    ("x: -.inf", "a.yaml:1: x: found \"-.inf\"; expected a number from 0 to 180"),
    ("x: inf", "a.yaml:1: x: found \"inf\"; expected a number from 0 to 180"),
    ("x: 0x1p3", "a.yaml:1: x: found \"0x1p3\"; expected a number from 0 to 180"),
    ("x: 1e", "a.yaml:1: x: found \"1e\"; expected a number from 0 to 180"),
    ("x: 1e999", "a.yaml:1: x: found \"1e999\", which is too large; expected a number from 0 to 180"),
  ])
  func numbers(yaml: String, expected: String) {
    #expect(message(yaml) { (s) throws(ManifestError) in _ = try s("x", .number(in: 0...180), "") } == expected)
  }

  @Test func ranges() {
    func number(_ range: some RangeExpression<Double>) -> String? {
      message("x: -1") { (s) throws(ManifestError) in _ = try s("x", .number(in: range), "") }
    }
    let found = "a.yaml:1: x: found \"-1\"; expected a number "
    #expect(number(.positive) == found + "above 0")
    #expect(number(0..<1) == found + "of at least 0 and below 1")
    #expect(number(...(-2.5)) == found + "of at most -2.5")
    #expect(number(..<(-1)) == found + "below -1")
    #expect(number(1e-7...) == found + "of at least 1.0e-07")
    #expect(number(Double.leastNormalMagnitude...1) == found + "above 0 and at most 1")
    let whole = message("x: -1") { (s) throws(ManifestError) in _ = try s("x", .integer(in: 0..<4), "") }
    #expect(whole == "a.yaml:1: x: found \"-1\"; expected a whole number from 0 to 3")
  }

  /// As training has it, on this thread too.
  @Test func boundsHoldWhereNumbersBelowTheNormalOnesAreZero() throws {
    try Runtime.prepare()
    let above = message("x: 0") { (s) throws(ManifestError) in _ = try s("x", .number(in: .positive), "") }
    #expect(above == "a.yaml:1: x: found \"0\"; expected a number above 0")
    let from = message("x: -1") { (s) throws(ManifestError) in _ = try s("x", .number(in: 0...180), "") }
    #expect(from == "a.yaml:1: x: found \"-1\"; expected a number from 0 to 180")
  }

  @Test func otherValues() {
    #expect(
      message("b: yes") { (s) throws(ManifestError) in _ = try s("b", .boolean, "") }
        == "a.yaml:1: b: found \"yes\"; expected true or false")
    #expect(
      message("s: [a]") { (s) throws(ManifestError) in _ = try s("s", .string, "") }
        == "a.yaml:1: s: found a list; expected text")
    #expect(
      message("p: ~jo/x") { (s) throws(ManifestError) in _ = try s("p", .path, "") }
        == "a.yaml:1: p: found \"~jo/x\"; expected a path (~ stands only before /)")
    #expect(
      message("r: adan") { (s) throws(ManifestError) in _ = try s("r", .choice, default: Rule.sgd, "") }
        == "a.yaml:1: r: found \"adan\"; expected one of sgd, adam; did you mean \"adam\"?")
    #expect(
      message("r: lion") { (s) throws(ManifestError) in _ = try s("r", .choice(of: ["net", "mlp"]), "") }
        == "a.yaml:1: r: found \"lion\"; expected one of net, mlp")
    #expect(
      message("n:\n- 1\n- {}\n") { (s) throws(ManifestError) in _ = try s("n", .list(of: .string), "") }
        == "a.yaml:3: n: found a section as item 2; expected a list, each item text")
    #expect(
      message("n: [1, 2.5]") { (s) throws(ManifestError) in _ = try s("n", .list(of: .integer(in: 1...)), "") }
        == "a.yaml:1: n: found \"2.5\" as item 2; expected a list, each item a whole number of at least 1")
    #expect(
      message("o: x") { (s) throws(ManifestError) in _ = try s("o", .integer, default: nil, "") }
        == "a.yaml:1: o: found \"x\"; expected a whole number, or null for none")
    #expect(
      message("o:") { (s) throws(ManifestError) in _ = try s("o", .integer, default: nil, "") }
        == "a.yaml:1: o: found nothing; expected a whole number, or null for none")
  }

  @Test func missingAndUnknownKeys() {
    func training(_ yaml: String, set overrides: [String] = []) -> String? {
      message(yaml, set: overrides) { (s) throws(ManifestError) in
        try s.section("training", "") { (s) throws(ManifestError) in
          _ = try s("epochs", .integer(in: 1...), "")
          _ = try s("rate", .number, default: 0.1, "")
        }
      }
    }
    #expect(training("") == "a.yaml: training.epochs: missing; expected a whole number of at least 1")
    #expect(
      training("# note\ntraining:\n\n  rate: 1")
        == "a.yaml:2: training.epochs: missing; expected a whole number of at least 1")
    #expect(training("training:") == "a.yaml:1: training.epochs: missing; expected a whole number of at least 1")
    #expect(
      training("training:\n  epochs: 1\n  ratee: 1")
        == "a.yaml:3: training.ratee: unknown key; allowed: epochs, rate; did you mean \"rate\"?")
    #expect(
      training("training: {epochs: 1}\nmodel: 3") == "a.yaml:2: model: unknown key; allowed: training")
    #expect(training("training: 3") == "a.yaml:1: training: found \"3\"; expected a section")
    #expect(training("training: null") == "a.yaml:1: training: found nothing; expected a section")
    #expect(message("a: 1") { _ in } == "a.yaml:1: a: unknown key; allowed: none")
    #expect(
      message("a:") { (s) throws(ManifestError) in _ = try s.section("a", default: nil, "") { _ in } }
        == "a.yaml:1: a: found nothing; expected a section, {} for one of defaults, or null for none")
    #expect(training("training: {epochs: 1}") == nil)

    #expect(
      training("", set: ["training.rate=1"])
        == "a.yaml: training.epochs: missing; expected a whole number of at least 1")
    #expect(
      training("training: {epochs: 1}", set: ["training.epoch=2"])
        == "--set training.epoch=2: unknown key; allowed: epochs, rate; did you mean \"epochs\"?")
  }

  @Test func conditionsBetweenKeys() {
    let problem = message("low: 3\nhigh: 2") { (s) throws(ManifestError) in
      let low = try s("low", .integer, default: 0, "")
      let high = try s("high", .integer, default: 9, "")
      try s.check(low < high, "high", "found \(high); expected more than low, \(low)")
    }
    #expect(problem == "a.yaml:2: high: found 2; expected more than low, 3")
  }

  @Test func impossibleReads() {
    #expect(
      message("") { (s) throws(ManifestError) in _ = try s("e", .integer(in: 1...), default: 0, "") }
        == "a.yaml: e: the default 0 is not a whole number of at least 1")
    #expect(
      message("") { (s) throws(ManifestError) in _ = try s("e", .choice(of: []), "") }
        == "a.yaml: e: there is nothing to choose from")
  }
}
