extension DataSource {
  /// Reads the named entries in one pass and returns their bytes by the names asked for.
  ///
  /// A leading `./` and a trailing `.gz` make no difference between a name and an entry. The first entry that
  /// differs in no `.gz` is taken, else the first that matches; bytes that are gzip are decompressed. A missing
  /// entry, or one of more bytes, decompressed, than `limit` or the source's limits allow, is an error. Reading stops when no better match can follow.
  public func entries(
    named names: [String], limit: Int = ArchiveEntry.defaultLimit
  ) throws(ArchiveError) -> [String: [UInt8]] {
    var wanted = Set(names)
    var found: [String: [UInt8]] = [:]
    var seen = NamesSeen()
    let gunzip = Gunzip(path: path, limits: limits)
    do {
      try forEachEntry(hidden: true) { entry in
        seen.add(entry.name)
        let label = EntryName(entry.name)
        let matches = wanted.filter {
          EntryName($0) == label && (found[$0] == nil || label.isExact(for: $0))
        }
        if !matches.isEmpty {
          let bytes = try gunzip.expanded(entry).readAll(limit: limit)
          for name in matches { found[name] = bytes }
          wanted.subtract(matches.filter(label.isExact))
        }
        return !wanted.isEmpty
      }
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw ArchiveError(path: path, message: "\(error)")
    }
    if let name = names.first(where: { found[$0] == nil }) { throw seen.missing(name, in: self) }
    return found
  }
}

/// The first few names of a source, to tell the user what there is.
public struct NamesSeen {
  private var first: [String] = []
  private var count = 0

  /// None so far.
  public init() {}

  /// Notes the next entry's name.
  public mutating func add(_ name: String) {
    count += 1
    if count <= 8 { first.append(name) }
  }

  /// An error that a source has no such entry, with what there is instead and what was left out.
  public func missing(_ name: String, in source: DataSource) -> ArchiveError {
    let rest = count > first.count ? " and \(count - first.count) more" : ""
    let (onDisk, inReading) = source.omissions
    return ArchiveError(
      path: source.path,
      message: "no entry \(name.quoted); found \(first.map(\.quoted).joined(separator: ", "))\(rest)"
        + onDisk.remark + inReading.remark)
  }
}

extension DataSource {
  /// The names of all entries, in order. The whole source is gone through, so that one cut short is an error.
  /// Hidden ones are among them only if asked for.
  public func names(hidden: Bool = false) throws -> [String] {
    var names: [String] = []
    try forEachEntry(hidden: hidden) { entry in
      names.append(entry.name)
      return true
    }
    return names
  }

  /// What `body` makes of the first entry whose name `isWanted`; an error about `expected` if there is none.
  public func withEntry<Result>(
    _ expected: String, where isWanted: (String) -> Bool, _ body: (ArchiveEntry) throws -> Result
  ) throws -> Result {
    var result: Result?
    var seen = NamesSeen()
    try forEachEntry(hidden: true) { entry in
      seen.add(entry.name)
      guard isWanted(entry.name) else { return true }
      result = try body(entry)
      return false
    }
    guard let result else { throw seen.missing(expected, in: self) }
    return result
  }
}
