import Archive

/// Brings the files of an archive into an order of their own, in one pass where memory allows it.
///
/// A file that comes before its turn is kept in memory until those before it are used. One that would take more than
/// the limit is left for another pass.
struct FileOrder {
  /// The most bytes that are held: 200 MiB.
  static let standardLimit = 200 << 20

  /// The files that are still to be used, in order.
  private var waiting: ArraySlice<String>
  private var held: [String: ArchiveEntry] = [:]
  private var heldBytes = 0
  private let limit: Int

  init(_ files: [String], limit: Int = standardLimit) {
    waiting = files[...]
    self.limit = limit
  }

  /// Whether all files were used.
  var isDone: Bool { waiting.isEmpty }
  /// The number of files that were not used yet.
  var left: Int { waiting.count }

  /// Hands an entry over that is one of the files. `use` gets it, and those held behind it, when it is their turn.
  mutating func take(
    _ entry: ArchiveEntry, as file: String, _ use: (String, ArchiveEntry) throws -> Void
  ) throws {
    guard waiting.contains(file), held[file] == nil else { return }
    if waiting.first == file {
      try use(file, entry)
      waiting.removeFirst()
      try useHeld(use)
    } else if let size = entry.size, size <= limit - heldBytes {
      held[file] = ArchiveEntry(
        holding: try entry.readAll(limit: size), path: entry.path, name: entry.name)
      heldBytes += size
    }
  }

  /// Does without files that are in no source.
  mutating func leaveOut(_ files: [String], _ use: (String, ArchiveEntry) throws -> Void) throws {
    waiting.removeAll { files.contains($0) }
    try useHeld(use)
  }

  private mutating func useHeld(_ use: (String, ArchiveEntry) throws -> Void) throws {
    while let file = waiting.first, let entry = held.removeValue(forKey: file) {
      heldBytes -= entry.size ?? 0
      try use(file, entry)
      waiting.removeFirst()
    }
  }
}
