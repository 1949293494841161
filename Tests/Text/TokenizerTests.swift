import IICCore
import Manifest
import Testing

@testable import TextModality

@Suite struct TokenizerTests {
  private func tokens(_ text: String) throws -> Tokens {
    try ManifestDocument(text: text).read(Tokens.self).configuration
  }

  /// The vectors that the hash's authors publish.
  @Test func theHashIsFNV1a() {
    #expect(fnv1a("".utf8) == 0xCBF2_9CE4_8422_2325)
    #expect(fnv1a("a".utf8) == 0xAF63_DC4C_8601_EC8C)
    #expect(fnv1a("foobar".utf8) == 0x8594_4171_F739_67E8)
  }

  @Test func bytesAreCountedFromOne() throws {
    let tokens = try tokens("{kind: bytes, length: 3}")
    #expect(Tokenizer(tokens).ids(of: "aéz") == [98, 196, 170])
    #expect(tokens.idCount == 257)
    #expect(Tokenizer(tokens).ids(of: "\u{10FFFF}") == [245, 144, 192])
  }

  @Test func ngramsAreHashedRunsOfCharacters() throws {
    let tokens = try tokens("{n: [1, 3], buckets: 1000}")
    func id(_ text: String) -> Int32 { Int32(fnv1a(text.utf8) % 1000) + 1 }
    #expect(
      Tokenizer(tokens).ids(of: "Äb") == [id(" "), id(" äb"), id("ä"), id("äb "), id("b"), id(" ")])
    #expect(Tokenizer(tokens).ids(of: "\tÄb \n") == Tokenizer(tokens).ids(of: "äb"))
    #expect(tokens.idCount == 1001)
  }

  @Test func capitalsCountWhereTheManifestSaysSo() throws {
    let tokens = try tokens("{n: 2, lowercase: false}")
    #expect(Tokenizer(tokens).ids(of: "AB") != Tokenizer(tokens).ids(of: "ab"))
    let usual = try self.tokens("{n: 2}")
    #expect(Tokenizer(usual).ids(of: "AB") == Tokenizer(tokens).ids(of: "ab"))
  }

  @Test func textsAreCutToTheirLength() throws {
    func ids(_ text: String, words: [String] = []) throws -> [Int32] {
      Tokenizer(try tokens(text), words: words).ids(of: "a long text")
    }
    #expect(try ids("{n: [1, 2], length: 5}") == Array(ids("{n: [1, 2]}").prefix(5)))
    #expect(try ids("{n: [1, 2]}").count == 25)
    #expect(try ids("{kind: words, length: 2}", words: ["text", "long", "a"]) == [4, 3])
    #expect(try ids("{kind: bytes, length: 4}") == [98, 33, 109, 112])
    #expect(Tokenizer(try tokens("{n: 5}")).ids(of: "ab").isEmpty)
  }

  @Test func aVocabularyHoldsTheMostFrequentWords() throws {
    var counts = WordCounts()
    for text in ["Der Hund, der bellt.", "der Hund schläft", "ein Haus"] {
      counts.add(Tokenizer.words(of: text, lowercase: true))
    }
    #expect(counts.mostFrequent(3) == ["der", "hund", "bellt"])
    let tokenizer = Tokenizer(try tokens("{kind: words, vocabulary: 2}"), words: counts.mostFrequent(2))
    #expect(tokenizer.ids(of: "Hund-der: bellt?") == [3, 2, 1])
    #expect(try tokens("{kind: words, vocabulary: 2}").idCount == 4)
  }
}
