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
