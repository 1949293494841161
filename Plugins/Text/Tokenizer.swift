/// Makes token ids of texts. Id 0 is padding.
struct Tokenizer: Sendable {
  private let tokens: Tokens
  /// The ids of words, from 2; id 1 is every other word.
  private let words: [String: Int32]

  /// Takes the words of the vocabulary, the most frequent first; other kinds of tokens need none.
  init(_ tokens: Tokens, words: [String] = []) {
    self.tokens = tokens
    self.words = Dictionary(zip(words, 2...), uniquingKeysWith: { first, _ in first })
  }

  /// The ids of a text: `length` of them at most, without padding.
  func ids(of text: String) -> [Int32] {
    switch tokens.kind {
    case .bytes: text.utf8.prefix(tokens.length).map { Int32($0) + 1 }
    case .ngrams: ngrams(of: text)
    case .words: Self.words(of: text, lowercase: tokens.lowercase).prefix(tokens.length).map { words[$0] ?? 1 }
    }
  }

  /// At each character the n-grams that begin there, in the order of `n`.
  ///
  /// The text has one blank in place of each run of them, and one at either end, so that the beginnings and ends of
  /// words are n-grams of their own.
  private func ngrams(of text: String) -> [Int32] {
    let words = (tokens.lowercase ? text.lowercased() : text).split(whereSeparator: \.isWhitespace)
    let bytes = Array(" \(words.joined(separator: " ")) ".utf8)
    // Where each scalar begins, then the end.
    let starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    var ids: [Int32] = []
    for place in 0..<(starts.count - 1) {
      for n in tokens.n where place + n < starts.count {
        guard ids.count < tokens.length else { return ids }
        let hash = fnv1a(bytes[starts[place]..<starts[place + n]])
        ids.append(Int32(hash % UInt64(tokens.buckets)) + 1)
      }
    }
    return ids
  }

  /// The words of a text: runs of letters, marks and digits.
  static func words(of text: String, lowercase: Bool) -> [String] {
    (lowercase ? text.lowercased() : text).split { !($0.isLetter || $0.isNumber) }.map(String.init)
  }
}

/// Counts words, for a vocabulary.
struct WordCounts {
  private var counts: [String: Int] = [:]

  /// Counts the words of a text.
  mutating func add(_ words: [String]) {
    for word in words { counts[word, default: 0] += 1 }
  }

  /// The `limit` most frequent words; among equals the first in the order of their bytes.
  func mostFrequent(_ limit: Int) -> [String] {
    counts.sorted { one, other in
      one.value != other.value ? one.value > other.value : one.key.utf8.lexicographicallyPrecedes(other.key.utf8)
    }.prefix(limit).map(\.key)
  }
}

/// The FNV-1a hash of 64 bits (Fowler, Noll, Vo): it is the same on every machine.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}
