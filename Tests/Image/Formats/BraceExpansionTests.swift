import Files
import IICCore
import Testing

@testable import ImageModality

@Suite struct BraceExpansionTests {
  /// The right sides are what bash 5.2 prints for `echo`.
  @Test(arguments: [
    ("a.tar", "a.tar"), ("{a,b}.tar", "a.tar b.tar"), ("x{1..3}", "x1 x2 x3"), ("x{3..1}", "x3 x2 x1"),
    ("{08..11}", "08 09 10 11"), ("{8..011}", "008 009 010 011"), ("{0..0}", "0"), ("{a,b}{1,2}", "a1 a2 b1 b2"),
    ("{a,{b,c}d}e", "ae bde cde"), ("{a}", "{a}"), ("{1..}", "{1..}"), ("{a,b", "{a,b"), ("a}b", "a}b"),
    ("{x{a,b}}", "{xa} {xb}"), ("{,a}b", "b ab"), ("{1..2}-{01..2}", "1-01 1-02 2-01 2-02"),
  ])
  func isAsInAShell(_ text: String, _ expected: String) throws {
    #expect(try BraceExpansion.alternatives(of: text) == expected.split(separator: " ").map(String.init))
  }

  @Test func isBounded() {
    for text in ["{1..999999999}", "{1..1000}{1..1000}", String(repeating: "{a,b}", count: 800)] {
      #expect(throws: UserError.self) { try BraceExpansion.alternatives(of: text) }
    }
    #expect(throws: UserError.self) { try BraceExpansion.alternatives(of: String(repeating: "{", count: 5000)) }
    #expect((try? BraceExpansion.alternatives(of: String(repeating: "{", count: 4000)))?.count == 1)
  }
}
