extension DataSource {
  /// Hands out the entries that `names` mean in their order, whatever the source's, each with its place in `names`.
  ///
  /// Names mean entries as for `entries(named:limit:)`, and entries that are gzip come decompressed. The source is gone
  /// through once for the names and then as often as the orders differ: once, if they are the same.
  public func forEachEntry(named names: [String], _ body: (Int, ArchiveEntry) throws -> Void) throws {
    let places = try places(of: names)
    let gunzip = Gunzip(path: path, limits: limits)
    var next = 0
    while next < places.count {
      let start = next
      var place = 0
      try forEachEntry(hidden: true) { entry in
        if places[next] == place {
          try body(next, gunzip.expanded(entry))
          next += 1
        }
        place += 1
        return next < places.count
      }
      guard next > start else { throw ArchiveError(path: path, message: "changed while it was read") }
    }
  }

  /// The places among the entries, counted from 0, of those that are meant by names.
  private func places(of names: [String]) throws -> [Int] {
    var first: [EntryName: Int] = [:]
    var exact: [String: Int] = [:]
    var seen = NamesSeen()
    for (place, entry) in try self.names(hidden: true).enumerated() {
      seen.add(entry)
      let label = EntryName(entry)
      if first[label] == nil { first[label] = place }
      for name in names where exact[name] == nil && label.isExact(for: name) { exact[name] = place }
    }
    return try names.map { name in
      guard let place = exact[name] ?? first[EntryName(name)] else { throw seen.missing(name, in: self) }
      return place
    }
  }
}
