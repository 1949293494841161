import Foundation
import Testing

@testable import TextModality

@Suite struct JSONLineTests {
  private func value(_ text: String) throws -> JSONValue { try JSONLine.value(Array(text.utf8)[...]) }

  /// The text of a value at a field, and whether Foundation reads the same there.
  @Test(arguments: [
    (#"{"a": "x\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#, "a"), (#"{"a": "", "b": "ü"}"#, "b"),
    (#"{"a": {"b": {"c": "deep"}}}"#, "a.b.c"), (#"{"a": [1, [2, "x"]]}"#, "a.1.1"),
    ("{\"a\":\t\"\u{1F600}\" }\r", "a"),
    (#"{"a": true, "b": "after"}"#, "b"), (#"{"a": -1.5e3, "b": [{}, [], null, false], "c": "z"}"#, "c"),
  ])
  func readsWhatFoundationReads(_ text: String, _ field: String) throws {
    var expected = try JSONSerialization.jsonObject(with: Data(text.utf8))
    for step in field.split(separator: ".") {
      let next = (expected as? [String: Any])?[String(step)] ?? (expected as? [Any])?[Int(step) ?? 0]
      expected = try #require(next)
    }
    guard case .text(let found, isRepaired: false) = try value(text).field(field[...]) else {
      Issue.record("\(text)")
      return
    }
    #expect(found == expected as? String)
  }

  @Test(arguments: [
    "", "{", "{\"a\"", "{\"a\":", "{\"a\": 1", "{\"a\": 1,}", "{a: 1}", "{'a': 1}", "{\"a\": 1} {", "[1,]", "[1 2]",
    "nul",
    "{\"a\": \"x}", "{\"a\": \"\\x\"}", "{\"a\": \"\\u12g4\"}", "{\"a\": \"\\u12", "{\"a\": \"x\u{1}\"}", "inf",
    "+1", "1.2.3",
    "0x10", "\\", "\"\\", "\"\\u", String(repeating: "{\"a\":", count: 100_000),
  ])
  func refuses(_ text: String) { #expect(throws: JSONLine.Problem.self) { try value(text) } }

  @Test func wrongPlacesAreNamed() {
    func message(_ text: String) -> String? { #expect(throws: JSONLine.Problem.self) { try value(text) }?.message }
    #expect(message("{\"a\": nan}") == "found \"nan}\" at byte 7; expected a value of JSON")
    #expect(
      message("{\"a\": 1 \"b\": 2}") == "found \"\\\"b\\\": 2}\" at byte 9; expected a comma or } behind a value")
    #expect(message("{\"a\": \"x") == "the line ends too early; expected a quotation mark behind a text")
  }

  @Test func fieldsAreFoundByWholeNamesFirst() throws {
    let line = try value(#"{"a.b": "whole", "a": {"b": "nested", "c.d": "inside"}, "e": "first", "e": "last"}"#)
    for (field, expected) in [("a.b", "whole"), ("a.c.d", "inside"), ("e", "last")] {
      guard case .text(expected, isRepaired: false) = line.field(field[...]) else {
        Issue.record("\(field)")
        continue
      }
    }
    #expect(line.field("a.x") == nil && line.field("b") == nil && line.field("e.f") == nil)
    #expect(line.fieldNames == ["a.b", "a.b", "a.c.d", "e", "e"])
  }
}
