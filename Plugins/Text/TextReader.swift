import Archive
import IICCore
import Reading

/// A text as it was read.
struct TextItem {
  /// `entry:line`, or the entry alone where it is one text.
  var id: String
  var text: String
  /// The name of its class; empty if it is unknown.
  var label = ""
  /// Whether bytes that were not UTF-8 were replaced.
  var isRepaired = false
  /// Whether halves of characters were replaced.
  var isHalved = false
  /// That the text's record has no field for its class; nil if it has.
  var missingLabel: ArchiveError?
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

  /// Hands out the texts that are not blank, with what was left out so far, to be added to. Returns all that was left out;
  /// `kept` says how many of those handed out became items.
  @discardableResult
  func forEachText(
    kept: () -> Int = { 0 }, _ body: (TextItem, inout LeftOut) throws -> Void
  ) throws -> LeftOut {
    var count = 0
    var wanted = layout.entries.map { Set($0.map(plain)) }
    var leftOut = LeftOut()
    try source.forEachEntry(hidden: layout.entries != nil) { entry in
      if let names = wanted {
        guard names.contains(plain(entry.name)) else { return true }
        wanted?.remove(plain(entry.name))
      }
      try read(entry, &leftOut, kept) { item, leftOut in
        guard item.text.contains(where: { !$0.isWhitespace }) else {
          // Between lines there may be blank ones; a record or a file is blank by mistake.
          if layout.format != .lines { leftOut.add(item.id, because: "blank", behind: kept()) }
          return true
        }
        try body(item, &leftOut)
        count += 1
        return count < limit
      }
      return count < limit && wanted?.isEmpty != true
    }
    guard count < limit, let missing = layout.entries?.first(where: { wanted?.contains(plain($0)) == true }) else {
      return leftOut
    }
    // The archive's own message lists what there is.
    _ = try source.entries(named: [missing])
    return leftOut
  }

  private func read(
    _ entry: ArchiveEntry, _ leftOut: inout LeftOut, _ kept: () -> Int,
    _ body: (TextItem, inout LeftOut) throws -> Bool
  ) throws {
    let place = TextPlace(path: source.path, entry: entry.name, onInvalidUTF8: layout.onInvalidUTF8)
    switch layout.format {
    case .files:
      let bytes = try entry.readAll(limit: Self.textLimit)
      guard
        var item = try orSkip(&leftOut, kept, { () throws(ArchiveError) in try place.item(bytes[...], line: nil) })
      else { return }
      item.label = label(of: entry.name)
      _ = try body(item, &leftOut)
    case .lines:
      var lines = LineReader(entry, limit: TextReader.textLimit)
      let label = label(of: entry.name)
      while let line = try lines.next() {
        let read = try orSkip(&leftOut, kept) { () throws(ArchiveError) in
          try place.item(line.bytes, line: line.number)
        }
        guard var item = read else { continue }
        item.label = label
        guard try body(item, &leftOut) else { return }
      }
    case .jsonl:
      var lines = LineReader(entry, limit: TextReader.textLimit)
      while let line = try lines.next() {
        let read = try orSkip(&leftOut, kept) { () throws(ArchiveError) in
          try place.item(json: line.bytes, line: line.number, layout)
        }
        guard let read, let item = read else { continue }
        guard try body(item, &leftOut) else { return }
      }
    case .csv, .tsv: try readTable(entry, place, &leftOut, kept, body)
    }
  }

  private func readTable(
    _ entry: ArchiveEntry, _ place: TextPlace, _ leftOut: inout LeftOut, _ kept: () -> Int,
    _ body: (TextItem, inout LeftOut) throws -> Bool
  ) throws {
    var table = try CSVReader(
      entry.readAll(), separator: layout.separator, header: layout.hasHeader, path: source.path, entry: entry.name)
    let column = try table.place(of: layout.text)
    let labelColumn = try layout.label.map { try table.place(of: $0) }
    var isAtEnd = false
    while !isAtEnd {
      let read = try orSkip(&leftOut, kept) { () throws(ArchiveError) -> TextItem? in
        guard let row = try table.next() else {
          isAtEnd = true
          return nil
        }
        var item = try place.item(row.bytes(column), line: row.line)
        if let labelColumn { item.label = try place.item(row.bytes(labelColumn), line: row.line).text }
        return item
      }
      guard let read, let item = read else { continue }
      guard try body(item, &leftOut) else { return }
    }
  }

  /// What `read` gives; nil if that cannot be read and is to be left out.
  private func orSkip<Result>(
    _ leftOut: inout LeftOut, _ kept: () -> Int, _ read: () throws(ArchiveError) -> Result
  ) throws(ArchiveError) -> Result? {
    do {
      return try read()
    } catch {
      guard layout.skipsUndecodable else { throw error.adding(Undecodable.hint) }
      let entry = error.entry ?? source.path
      leftOut.add(error.line.map { "\(entry):\($0)" } ?? entry, because: error.reason, behind: kept())
      return nil
    }
  }

  private func label(of entry: String) -> String {
    switch layout.labels {
    case .none: ""
    case .entry: plain(entry)
    case .folder: EntryPath(entry).folder ?? ""
    }
  }

  /// An entry's name without what makes no difference.
  private func plain(_ name: String) -> String { name.hasPrefix("./") ? String(name.dropFirst(2)) : name }
}
