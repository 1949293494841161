import Archive
import Files
import IICCore
import Manifest
import Reading
import Torch

/// The `data` section of a manifest about texts.
struct TextData: ManifestSection {
  /// What makes a pair.
  enum Pairs: String, CaseIterable {
    /// Two views of one text.
    case itself
    /// A view of a text and one of the text before or behind it in its entry.
    case neighbours
  }

  let source: DataSource
  let layout: TextLayout
  let tokens: Tokens
  let maxItems: Int?
  let pairs: Pairs

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("archive, folder or file with the texts")
    layout = try TextLayout(from: section)
    tokens = try section.read(Tokens.self, at: "tokens", "how texts become token ids")
    maxItems = try section(
      "maxItems", .integer(in: 1...Int(Int32.max)), default: nil,
      "texts that are read, the first ones; if absent, all")
    pairs = try section(
      "pairs", .choice, default: .itself, "two views of one text, or of texts next to each other in an entry")
    try section.check(
      pairs == .itself || layout.format != .files, "pairs",
      "found neighbours; with format files an entry is one text, which has none")
  }

  /// Under what the vocabulary is among what is fitted.
  private static let vocabulary = "vocabulary"

  /// Reads the texts; `fitted` has the vocabulary of other data, by which their words are numbered.
  func dataset(cache: SampleCache, fitted: FittedState?) throws -> Dataset {
    let words = tokens.kind == .words ? fitted?.texts[Self.vocabulary] : nil
    let decoding = "text \(layout.key) \(tokens.key) \(maxItems.map(String.init) ?? "all")"
    var dataset = try cache.dataset(
      sources: [(source, layout.entries)], decoding: decoding, fitted: words == nil ? nil : fitted
    ) { writer in try build(TextReader(source, layout, limit: maxItems), words: words, into: &writer) }
    if pairs == .neighbours { try dataset.setPartners(Self.neighbours(dataset.description.ids)) }
    return dataset
  }

  /// The texts of items, read again, for what is kept of them are numbers. Throws if the source has not all of them any more.
  func texts(of ids: [String]) throws -> [String] {
    let wanted = Set(ids)
    var found: [String: String] = [:]
    try TextReader(source, layout, limit: maxItems).forEachText { item, _ in
      if wanted.contains(item.id) { found[item.id] = item.text }
    }
    return try ids.map { id in
      guard let text = found[id] else { throw UserError("\(source.path): has no text \(id) any more") }
      return text
    }
  }

  /// The most words that are left out of a text.
  private static let mostWords = 100

  /// A text without each of its words: samples `[m, L]`, and where the words are, in UTF-16 units. Nil of a single word.
  func withoutWords(of text: String, fitted: FittedState?) throws -> (parts: [Range<Int>], samples: Tensor)? {
    let tokenizer = Tokenizer(tokens, words: fitted?.texts[Self.vocabulary] ?? [])
    let words = text.split(whereSeparator: \.isWhitespace).prefix(Self.mostWords)
    guard words.count > 1 else { return nil }
    var ids: [Int] = []
    for word in words {
      let rest = text[..<word.startIndex] + text[word.endIndex...]
      let found = tokenizer.ids(of: String(rest)).map(Int.init)
      ids += found + Array(repeating: 0, count: tokens.length - found.count)
    }
    let parts = words.map { word in
      word.startIndex.utf16Offset(in: text)..<word.endIndex.utf16Offset(in: text)
    }
    return (parts, try Tensor(ids).to(.int32).reshaped([words.count, tokens.length]))
  }

  private func build(
    _ reader: TextReader, words known: [String]?, into writer: inout SampleWriter
  ) throws -> DatasetDescription {
    let words = try known ?? vocabulary(of: reader)
    let tokenizer = Tokenizer(tokens, words: words)
    var ids: [String] = []
    var labels: [String] = []
    var replaced = LeftOut()
    var missingLabel: (first: ArchiveError?, count: Int) = (nil, 0)
    let leftOut = try reader.forEachText(kept: { ids.count }) { item, leftOut in
      if item.isRepaired { replaced.add(item.id, because: "bytes that are not UTF-8") }
      if item.isHalved { replaced.add(item.id, because: "halves of characters (single surrogates)") }
      let tokens = tokenizer.ids(of: item.text)
      guard !tokens.isEmpty else {
        return leftOut.add(
          item.id, because: "without any token (\(self.tokens.kind.rawValue))", behind: ids.count)
      }
      if let error = item.missingLabel { missingLabel = (missingLabel.first ?? error, missingLabel.count + 1) }
      ids.append(item.id)
      labels.append(item.label)
      let padded = tokens + [Int32](repeating: 0, count: self.tokens.length - tokens.count)
      try writer.append(padded.withUnsafeBytes { [UInt8]($0) })
    }
    let notes =
      leftOut.notes(of: "texts") + replaced.notes(of: "texts", "repaired by U+FFFD")
    guard !ids.isEmpty else {
      throw UserError((["\(source.path): found no text that can be used"] + notes).joined(separator: "; "))
    }
    if let first = missingLabel.first, missingLabel.count == ids.count {
      throw first.adding("; no text has it (data.labelField)")
    }
    var description = DatasetDescription(shape: [tokens.length], element: .int32, ids: ids)
    description.notes = notes
    description.unread = leftOut.items
    if tokens.kind == .words { description.fitted = FittedState(texts: [Self.vocabulary: words]) }
    if layout.hasLabels {
      try description.setClasses(ClassNumbers(labels) { "\(source.path), \(ids[$0])" })
    }
    return description
  }

  /// The most frequent words; none where words are no tokens.
  private func vocabulary(of reader: TextReader) throws -> [String] {
    guard tokens.kind == .words else { return [] }
    var counts = WordCounts()
    try reader.forEachText { item, _ in counts.add(Tokenizer.words(of: item.text, lowercase: tokens.lowercase)) }
    return counts.mostFrequent(tokens.vocabulary)
  }

  /// The texts before and behind each one in its entry; ids are `entry:line`, in the order of reading.
  static func neighbours(_ ids: [String]) -> Partners {
    let entries = ids.map { $0.lastIndex(of: ":").map($0.prefix(upTo:)) ?? $0[...] }
    return Partners(
      entries.indices.map { place in
        [place - 1, place + 1].filter { entries.indices.contains($0) && entries[$0] == entries[place] }
      })
  }
}
