import Foundation
import Testing

@testable import Manifest

private func problem(_ body: () throws(ManifestError) -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return error.description
  }
}

private func problem(_ yaml: String, set overrides: [String] = []) -> String? {
  problem { () throws(ManifestError) in
    _ = try ManifestDocument(text: yaml, source: "a.yaml", overrides: overrides)
  }
}

private let anchors = "YAML anchors and aliases (& and *) are not allowed in a manifest"

@Suite struct ManifestDocumentTests {
  @Test(arguments: [
    (
      "a: 1\nb: [2",
      "a.yaml:2: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence that begins on line 2"
    ),
    (
      "a: 1\n\tb: 2",
      "a.yaml:2: not valid YAML: found a tab character that violates indentation while scanning a plain scalar that begins on line 1"
    ),
    (
      "a: \"x\n",
      "a.yaml:1: not valid YAML: found unexpected end of stream while scanning a quoted scalar that begins on line 1"
    ),
    ("a: 1\r\nb: \u{1}", "a.yaml:2: not valid YAML: control characters are not allowed"),
    ("a: 1\nb: 2\na: 3", "a.yaml:1: the key \"a\" appears more than once in its section"),
    ("s:\n  1: x\n  \"1\": y", "a.yaml:2: the key \"1\" appears more than once in its section"),
    ("- 1", "a.yaml:1: found a list; expected a section of `key: value` lines"),
    ("\nabc", "a.yaml:2: found \"abc\"; expected a section of `key: value` lines"),
    ("null", "a.yaml:1: found nothing; expected a section of `key: value` lines"),
    ("a: 1\n---\nb: 1", "a.yaml:2: a manifest is one YAML document, but found another document"),
    ("a: 1\n? [b]\n: 2", "a.yaml:2: a key must be text"),
    ("a: !!int 3", "a.yaml:1: YAML tags (tag:yaml.org,2002:int) are not allowed in a manifest"),
    ("a: !!str 3", "a.yaml:1: YAML tags (tag:yaml.org,2002:str) are not allowed in a manifest"),
    ("a:\n  !x {}", "a.yaml:2: YAML tags (!x) are not allowed in a manifest"),
  ])
  func malformed(yaml: String, expected: String) {
    #expect(problem(yaml) == expected)
  }

  @Test(arguments: [
    "\na: &x 1", "\na: &x [1]", "\na: &x {b: 1}", "\n&x a: 1", "b: 1\na: *x", "b: 1\n*x : a", "b: 1\na: {<<: *x}",
    "b: 2 * 3\na: &x 1\nc: *x",
  ])
  func anchorsAndAliases(yaml: String) {
    #expect(problem(yaml) == "a.yaml:2: \(anchors)")
  }

  @Test func asterisksAndAmpersandsInText() throws {
    let yaml = "a: rock *and* roll & soul\nb: \"&x *y\"\nc: |\n  &a\n  *b\nx_y: 1\nx*y: 2 # &n *n\n"
    let manifest = try ManifestDocument(text: yaml).read { (s) throws(ManifestError) in
      (
        try s("a", .string, ""), try s("b", .string, ""), try s("c", .string, ""),
        try s("x_y", .list(of: .integer), ""),
        try s("x*y", .integer, "")
      )
    }
    #expect(manifest.configuration.0 == "rock *and* roll & soul")
    #expect(manifest.configuration.1 == "&x *y")
    #expect(manifest.configuration.2 == "&a\n*b\n")
    #expect(manifest.configuration.3 == [1])
    #expect(manifest.configuration.4 == 2)
  }

  @Test(.timeLimit(.minutes(1))) func aliasBombs() {
    // Nine to the twelfth nodes if followed; as a key they would all be visited.
    var bomb = "a0: &a0 [x]\n"
    for level in 1...12 {
      bomb +=
        "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
    }
    #expect(problem(bomb + "? *a12\n: 1\n") == "a.yaml:1: \(anchors)")
    #expect(problem("", set: ["x=[&a [1], {*a : 1}]"]) == "--set x=[&a [1], {*a : 1}]: \(anchors)")
  }

  @Test func depth() {
    let tooDeep = "nested deeper than 32 levels"
    func list(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(problem("a:\n " + list(31)) == nil)
    #expect(problem("a:\n " + list(32)) == "a.yaml:2: \(tooDeep)")
    #expect(problem("a:\n " + list(999)) == "a.yaml:2: \(tooDeep)")
    #expect(problem("a:\n " + list(100_000)) == "a.yaml:2: \(tooDeep)")
    #expect(
      problem("a: " + String(repeating: "{a: ", count: 900) + String(repeating: "}", count: 900))
        == "a.yaml:1: \(tooDeep)")
    #expect(problem("", set: ["a=" + list(31)]) == nil)
    #expect(problem("", set: ["a.b=" + list(31)])?.hasSuffix(tooDeep) == true)
    let path = Array(repeating: "a", count: 32).joined(separator: ".")
    #expect(problem("", set: ["\(path)=1"]) == "--set \(path)=1: \(tooDeep)")
  }

  /// Texts that are slow or deep for a parser are refused in time.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["- ", "? ", "a: ", "[a, ", "{a: ", "{? {a: b, c}, ", "a\n", "'", "!a ", ": ", "\"\\x41", "\n"])
  func repetition(of piece: String) {
    let text = "x:\n " + String(repeating: piece, count: (1 << 19) / piece.utf8.count)
    #expect(problem(text)?.contains("\n") != true)
  }

  @Test func size() {
    let text = "a: " + String(repeating: "x", count: 1 << 20)
    #expect(problem(text) == "a.yaml: larger than 1048576 bytes, the most that a manifest may have")
    #expect(problem(String(text.prefix(1 << 20))) == nil)
    #expect(problem((0..<60_000).map { "k\($0): \($0)\n" }.joined()) == nil)
  }

  @Test func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "manifest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String, _ bytes: [UInt8]) throws -> String {
      let file = folder.appending(path: name)
      try Data(bytes).write(to: file)
      return file.path
    }
    let none = folder.path + "/none.yaml"
    #expect(
      problem { () throws(ManifestError) in _ = try ManifestDocument(path: none) }
        == "\(none): cannot be read: No such file or directory")
    #expect(
      problem { () throws(ManifestError) in _ = try ManifestDocument(path: folder.path) }
        == "\(folder.path): cannot be read: Is a directory")
    let latin = try path("latin.yaml", Array("a: 1\nb: caf".utf8) + [0xE9, 0x0A])
    #expect(
      problem { () throws(ManifestError) in _ = try ManifestDocument(path: latin) } == "\(latin):2: not UTF-8 text")
    let large = try path("large.yaml", Array(repeating: UInt8(ascii: "#"), count: (1 << 20) + 1))
    #expect(
      problem { () throws(ManifestError) in _ = try ManifestDocument(path: large) }
        == "\(large): larger than 1048576 bytes, the most that a manifest may have")
    #expect(
      problem { () throws(ManifestError) in _ = try ManifestDocument(path: "/dev/zero") }
        == "/dev/zero: larger than 1048576 bytes, the most that a manifest may have")

    let marked = try path("marked.yaml", [0xEF, 0xBB, 0xBF] + Array("data: ../x.tar\r\n".utf8))
    let document = try ManifestDocument(path: marked)
    #expect(document.folder == folder.path)
    let data = try document.read { (s) throws(ManifestError) in try s("data", .path, "") }.configuration
    #expect(data == folder.deletingLastPathComponent().path + "/x.tar")
  }

  @Test(arguments: ["", "---\n", "# only a comment\n", "{}"])
  func empty(yaml: String) throws {
    let manifest = try ManifestDocument(text: yaml).read { (s) throws(ManifestError) in
      try s("a", .integer, default: 1, "")
    }
    #expect(manifest.configuration == 1)
  }

  /// Bytes at random, and text made of what YAML gives meaning to, are read or refused, and nothing else.
  @Test func noise() throws {
    var generator = SplitMix(state: 7)
    let pieces = [
      "a", "b", ": ", ":", "\n", "\n  ", "- ", "[", "]", "{", "}", "&x ", "*x", "? ", "| ", ">", "\"", "'", "!t ",
      "!!map ", "#", "%YAML 1.1\n", "---\n", "...\n", ",", "\\", "\\ud800", "\\x00", "\t", "\r", "é", "\u{2028}",
      "<<: ",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      let isBytes = Bool.random(using: &generator)
      let count = Int.random(in: 0...30, using: &generator)
      let bytes: [UInt8] =
        isBytes
        ? (0..<count).map { _ in
          UInt8.random(in: 0...255, using: &generator) & (Bool.random(using: &generator) ? 127 : 255)
        }
        : (0..<count).flatMap { _ in Array((pieces.randomElement(using: &generator) ?? "").utf8) }
      do throws(ManifestError) {
        let text = try ManifestDocument.decode(bytes, source: "noise")
        let document = try ManifestDocument(text: text, overrides: count % 7 == 0 ? [text] : [])
        _ = try document.read { (s) throws(ManifestError) in
          _ = try s("a", .list(of: .string), default: [], "")
          _ = try s.section("b", default: nil, "") { (s) throws(ManifestError) in
            try s("a", .path, default: nil, "")
          }
        }
        accepted += 1
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
    #expect(accepted > 100)
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
