import Archive
import IICCore

/// A text as it was read.
struct TextItem {
  /// `entry:line`, or the entry alone where it is one text.
  var id: String
  var text: String
  /// The name of its class; empty if it is unknown.
  var label = ""
  /// Whether bytes that were not UTF-8 were replaced.
  var isRepaired = false
}

/// Reads the texts of a source one after another, in the order of its entries.
struct TextReader {
  /// The most bytes of a text: 64 MiB. It is a bound for memory, far beyond what is kept of any.
  static let textLimit = 1 << 26

  private let source: DataSource
  private let layout: TextLayout
  private let limit: Int

  /// Reads `limit` texts at most.
  init(_ source: DataSource, _ layout: TextLayout, limit: Int?) {
    self.source = source
    self.layout = layout
    self.limit = limit ?? Int(Int32.max)
  }

  /// Hands out the texts that are not blank.
  func forEachText(_ body: (TextItem) throws -> Void) throws {
    var count = 0
    var wanted = layout.entries.map { Set($0.map(plain)) }
    try source.forEachEntry(hidden: layout.entries != nil) { entry in
      if let names = wanted {
        guard names.contains(plain(entry.name)) else { return true }
        wanted?.remove(plain(entry.name))
      }
      try read(entry) { item in
        guard item.text.contains(where: { !$0.isWhitespace }) else { return true }
        try body(item)
        count += 1
        return count < limit
      }
      return count < limit && wanted?.isEmpty != true
    }
    guard count < limit, let missing = layout.entries?.first(where: { wanted?.contains(plain($0)) == true }) else {
      return
    }
    // The archive's own message lists what there is.
    _ = try source.entries(named: [missing])
  }

  private func read(_ entry: ArchiveEntry, _ body: (TextItem) throws -> Bool) throws {
    let place = TextPlace(path: source.path, entry: entry.name, onInvalidUTF8: layout.onInvalidUTF8)
    switch layout.format {
    case .files:
      var item = try place.item(entry.readAll(limit: Self.textLimit)[...], line: nil)
      item.label = label(of: entry.name)
      _ = try body(item)
    case .lines:
      var lines = LineReader(entry)
      while let line = try lines.next() {
        var item = try place.item(line.bytes, line: line.number)
        item.label = label(of: entry.name)
        guard try body(item) else { return }
      }
    case .jsonl:
      var lines = LineReader(entry)
      while let line = try lines.next() {
        guard let item = try place.item(json: line.bytes, line: line.number, layout) else { continue }
        guard try body(item) else { return }
      }
    case .csv, .tsv:
      let separator: CSVReader.Separator = layout.format == .tsv ? .tab : .comma
      var table = try CSVReader(
        entry.readAll(), separator: separator, header: layout.hasHeader, path: source.path, entry: entry.name)
      let columns = (
        try table.place(of: layout.text, orNumber: true),
        try layout.label.map { try table.place(of: $0, orNumber: true) }
      )
      while let row = try table.next() {
        var item = try place.item(row.bytes(columns.0), line: row.line)
        if let column = columns.1 {
          item.label = try place.item(row.bytes(column), line: row.line).text
        }
        guard try body(item) else { return }
      }
    }
  }

  private func label(of entry: String) -> String {
    let parts = plain(entry).split(separator: "/")
    return switch layout.labels {
    case .none: ""
    case .entry: plain(entry)
    case .folder: parts.dropLast().last.map(String.init) ?? ""
    }
  }

  /// An entry's name without what makes no difference.
  private func plain(_ name: String) -> String { name.hasPrefix("./") ? String(name.dropFirst(2)) : name }
}

extension CSVReader {
  /// The place of a column given by name or, where no column has that name, by number from 1.
  fileprivate func place(of column: String, orNumber: Bool) throws(ArchiveError) -> Int {
    if !columns.contains(column), let number = Int(column), columns.indices.contains(number - 1) {
      return number - 1
    }
    return try place(of: column)
  }
}
