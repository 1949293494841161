import IICCore
import Manifest

/// The `data.tokens` section: what a token is, and how many of them are kept.
struct Tokens: Sendable, ManifestSection {
  /// The kinds of tokens.
  enum Kind: String, CaseIterable, Sendable {
    /// The bytes of the text in UTF-8.
    case bytes
    /// Runs of n characters, hashed into a fixed number of buckets.
    case ngrams
    /// The most frequent words of the data.
    case words
  }

  let kind: Kind
  /// The lengths of n-grams.
  let n: [Int]
  let buckets, vocabulary: Int
  let lowercase: Bool
  /// L, the most tokens of a text; what follows is cut off.
  let length: Int

  init(from section: SectionReader) throws(ManifestError) {
    kind = try section("kind", .choice, default: .ngrams, "bytes, runs of n characters, or words")
    n =
      kind != .ngrams
      ? [] : try section("n", .list(of: .integer(in: 1...16)), default: [3], "lengths of n-grams, characters")
    buckets =
      kind != .ngrams
      ? 0
      : try section("buckets", .integer(in: 2...1_000_000), default: 4096, "ids that n-grams are hashed to")
    vocabulary =
      kind != .words
      ? 0
      : try section(
        "vocabulary", .integer(in: 1...1_000_000), default: 10_000,
        "words of their own; all rarer ones share one id")
    lowercase =
      kind == .bytes ? false : try section("lowercase", .boolean, default: true, "whether capitals count as small")
    length = try section(
      "length", .integer(in: 1...65_536), default: 256, "most tokens of a text; the rest is cut off")
    try section.check(
      kind != .ngrams || !n.isEmpty, "n", "found an empty list; expected one whole number or more, from 1 to 16")
  }

  /// The number of ids, that of the padding included.
  var idCount: Int {
    switch kind {
    case .bytes: 257
    case .ngrams: buckets + 1
    case .words: vocabulary + 2
    }
  }

  /// All options, as text.
  var key: String {
    "\(kind.rawValue) \(n) \(buckets) \(vocabulary) \(lowercase ? "lowercase" : "as written") \(length)"
  }
}
