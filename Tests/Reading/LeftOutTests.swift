import Testing

@testable import Reading

@Suite struct LeftOutTests {
  @Test func namesAreGroupedByReasonAndCounted() {
    var leftOut = LeftOut()
    #expect(leftOut.count == 0 && leftOut.notes(of: "files").isEmpty)
    leftOut.add("a", because: "too short")
    leftOut.add("b", because: "too long")
    for place in 10..<35 { leftOut.add("\(place)", because: "too short") }
    leftOut.add(line: 7, because: "too long")
    let names = (["a"] + (10..<29).map { "\($0)" }).map { "\"\($0)\"" }.joined(separator: "; ")
    #expect(
      leftOut.notes(of: "files") == [
        "data: left out files, too short: 26, the first 20: \(names)",
        "data: left out files, too long: 2: \"b\"; line 7",
      ])
    #expect(leftOut.count == 28)
    #expect(
      leftOut.notes(of: "rows", in: "t.csv", "kept in part").last?.hasPrefix("t.csv: rows kept in part, ") == true)
  }

  /// Twenty are said without a remark on how many are not.
  @Test(arguments: [1, 19, 20, 21, 1000]) func theLimitIsTwenty(_ count: Int) throws {
    var leftOut = LeftOut()
    for place in 0..<count { leftOut.add("\(place)", because: "x") }
    let note = try #require(leftOut.notes(of: "files").first)
    #expect(note.contains(count > 20 ? ": \(count), the first 20: \"0\"" : ": \(count): \"0\""))
    #expect(note.split(separator: ";").count == min(count, 20))
  }

  /// A decoder may say something else of every file.
  @Test func reasonsWithoutEndAreOneLine() throws {
    var leftOut = LeftOut()
    for place in 0..<100 { leftOut.add("\(place)", because: "damaged at byte \(place)") }
    let notes = leftOut.notes(of: "files")
    #expect(notes.count == LeftOut.reasonLimit + 1 && leftOut.count == 100)
    let rest = try #require(notes.last)
    #expect(
      rest.hasPrefix("data: left out files, for other reasons: 88, the first 20: \"12\" (damaged at byte 12); "))
  }

  @Test func namesAreOneLine() {
    var leftOut = LeftOut()
    leftOut.add("a\nb\u{202E}" + String(repeating: "c", count: 10_000), because: "x")
    let note = leftOut.notes(of: "files")[0]
    #expect(!note.contains("\n") && !note.contains("\u{202E}") && note.count < 300)
  }
}
