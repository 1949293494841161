extension DataSource {
  /// Reads the named entries in one pass and returns their bytes by the names asked for.
  ///
  /// A leading `./` and a trailing `.gz` make no difference between a name and an entry; the first entry that
  /// matches is taken, and bytes that are gzip are decompressed. A missing entry, or one of more than `limit` bytes
  /// before or after decompression, is an error. Reading stops when all are found.
  public func entries(
    named names: [String], limit: Int = ArchiveEntry.defaultLimit
  ) throws(ArchiveError) -> [String: [UInt8]] {
    var wanted = Set(names)
    var found: [String: [UInt8]] = [:]
    var seen = NamesSeen()
    do {
      try forEachEntry { entry in
        seen.add(entry.name)
        let label = EntryLabel(entry.name)
        let matches = wanted.filter { EntryLabel($0) == label }
        if !matches.isEmpty {
          let bytes = try Gunzip.expanded(entry.readAll(limit: limit), of: entry, limit: limit)
          for name in matches { found[name] = bytes }
          wanted.subtract(matches)
        }
        return !wanted.isEmpty
      }
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw ArchiveError(path: path, message: "\(error)")
    }
    if let name = names.first(where: wanted.contains) { throw seen.missing(name, in: path) }
    return found
  }
}

/// An entry's name without what makes no difference when entries are asked for by name.
struct EntryLabel: Hashable {
  let text: Substring

  init(_ name: String) {
    var text = name[...]
    while text.hasPrefix("./") { text = text.dropFirst(2) }
    if text.hasSuffix(".gz") { text = text.dropLast(3) }
    self.text = text
  }
}

/// The first few names of a source, to tell the user what there is.
struct NamesSeen {
  private var first: [String] = []
  private var count = 0

  mutating func add(_ name: String) {
    count += 1
    if count <= 8 { first.append(name) }
  }

  func missing(_ name: String, in path: String) -> ArchiveError {
    let rest = count > first.count ? " and \(count - first.count) more" : ""
    return ArchiveError(
      path: path,
      message: "no entry \(name.quoted); found \(first.map(\.quoted).joined(separator: ", "))\(rest)")
  }
}
