import ArgumentParser
import Files
import Foundation
import IICCore

struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lists or clears the decoded samples that runs share.",
    discussion: """
      The cache is iic/samples in $XDG_CACHE_HOME or ~/.cache, open to you alone. What is cleared is read again from \
      its source when a run needs it.

      An entry is known by the bytes of its sources. They are hashed again when the path, size, times of writing and \
      of change, inode or device of a file differ from what they were; while none does, the file is trusted to be \
      the same.
      """,
    subcommands: [ListEntries.self, ClearEntries.self], defaultSubcommand: ListEntries.self)
}

struct ListEntries: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists place, size, content and last use of every entry, the last used first.")

  @Flag(help: "Print one JSON object for each entry.")
  var json = false

  func run() throws {
    try reportingErrors {
      let cache = SampleCache()
      let entries = cache.entries()
      if json { return try entries.forEach { try Console.printJSON(EntryListing($0)) } }
      Console.print(cache.folder.path(percentEncoded: false))
      guard !entries.isEmpty else { return Console.print("no entries") }
      let columns = [["KEY", "SIZE", "ITEMS", "SAMPLE", "USED", "CONTENT"]] + entries.map(row)
      let widths = (0..<5).map { column in columns.map { $0[column].count }.max() ?? 0 }
      for cells in columns {
        let padded = zip(cells, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
        Console.print((padded + [cells[5]]).joined(separator: "  "))
      }
      let total = entries.reduce(0) { $0 + $1.byteCount }
      Console.print("\(byteText(total)) in \(entries.count == 1 ? "1 entry" : "\(entries.count) entries")")
    }
  }

  private func row(_ entry: SampleCacheEntry) -> [String] {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyy-MM-dd HH:mm"
    return [
      String(entry.key.prefix(12)), byteText(entry.byteCount), entry.itemCount.map(String.init) ?? "-",
      entry.shape.map { $0.map(String.init).joined(separator: "x") } ?? "-", format.string(from: entry.lastUsed),
      ([content(entry)] + entry.sources).joined(separator: "  ").filter { !$0.isNewline },
    ]
  }

  private func content(_ entry: SampleCacheEntry) -> String {
    // What is kept about samples, rather than samples, is named by a suffix.
    let kind = entry.url.pathExtension
    return entry.decoding ?? (kind.isEmpty ? "damaged" : kind)
  }
}

struct ClearEntries: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Removes entries, and what interrupted runs have left behind.")

  @Argument(help: "Entries to remove, by keys or the beginnings of keys.")
  var keys: [String] = []

  @Flag(help: "Remove every entry.")
  var all = false

  func validate() throws {
    guard all != keys.isEmpty else { return }
    throw ValidationError(all ? "Name entries or pass --all, not both." : "Name entries, or pass --all.")
  }

  func run() throws {
    try reportingErrors {
      let cache = SampleCache()
      let entries = cache.entries()
      let chosen = try all ? entries : keys.map { try entry($0, of: entries) }
      var removed: Set<String> = []
      var total = 0
      for entry in chosen where removed.insert(entry.key).inserted {
        try cache.remove(entry)
        total += entry.byteCount
      }
      let leftovers = cache.removeLeftovers()
      let rest = leftovers == 0 ? "" : ", and what \(leftovers) interrupted runs left behind"
      Console.print(
        "removed \(removed.count == 1 ? "1 entry" : "\(removed.count) entries"), \(byteText(total))\(rest)")
    }
  }

  private func entry(_ key: String, of entries: [SampleCacheEntry]) throws -> SampleCacheEntry {
    let matches = entries.filter { $0.key == key }
    let similar = matches.isEmpty && !key.isEmpty ? entries.filter { $0.key.hasPrefix(key) } : matches
    guard let entry = similar.first, similar.count == 1 else {
      let problem = similar.isEmpty ? "no entry begins so" : "\(similar.count) entries begin so"
      throw UserError("cache clear: found \"\(key)\"; \(problem); iic cache lists them")
    }
    return entry
  }
}

/// An entry as programs read it.
private struct EntryListing: Encodable {
  let key, path: String
  let bytes: Int
  let items: Int?
  let shape: [Int]?
  let decoding: String?
  let sources: [String]
  let used: String

  private enum CodingKeys: String, CodingKey {
    case key, path, bytes, items, shape, decoding, sources
    case used = "last_used"
  }

  init(_ entry: SampleCacheEntry) {
    (key, path, bytes) = (entry.key, entry.path, entry.byteCount)
    (items, shape, decoding, sources) = (entry.itemCount, entry.shape, entry.decoding, entry.sources)
    used = entry.lastUsed.formatted(.iso8601)
  }
}
