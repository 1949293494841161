public import Archive

extension SectionReader {
  /// The data that the section's key `source` names, to be read within the section's `limits`.
  public func dataSource(_ meaning: String) throws(ManifestError) -> DataSource {
    DataSource(path: try path("source", meaning), limits: try readingLimits())
  }

  /// The data that the section's key `source` names, one path or a list, each to be read within the section's `limits`.
  public func dataSources(_ meaning: String) throws(ManifestError) -> [DataSource] {
    let paths = try paths("source", meaning)
    let limits = try readingLimits()
    return paths.map { DataSource(path: $0, limits: limits) }
  }

  /// What stands between the fields of a table, by the section's key `separator`; nil if it is to be found.
  public func separator() throws(ManifestError) -> CSVSeparator? {
    let allowed = "auto, which finds it, comma, semicolon, tab, bar, or the character itself"
    let name = try string("separator", default: "auto", "what stands between fields: \(allowed)")
    if name == "auto" { return nil }
    guard let separator = CSVSeparator(name) else {
      throw error("separator", "found \"\(name.excerpt(60))\"; expected \(allowed)")
    }
    return separator
  }

  private func readingLimits() throws(ManifestError) -> ReadingLimits {
    try section("limits", "how much the source may hold; guards against archives made to do harm") {
      section throws(ManifestError) in
      let standard = ReadingLimits()
      var limits = standard
      limits.entries = try section.integer(
        "entries", default: standard.entries, in: 1...Int.max, "the most entries")
      limits.entryBytes = try section.integer(
        "entryBytes", default: standard.entryBytes, in: 1...Int.max, "the most bytes of an entry, decompressed")
      limits.totalBytes = try section.integer(
        "totalBytes", default: standard.totalBytes, in: 1...Int.max, "the most bytes of all entries, decompressed")
      limits.expansion = try section.integer(
        "expansion", default: standard.expansion, in: 1...Int.max,
        "the most decompressed bytes for each byte of the file, above 256 MiB")
      return limits
    }
  }
}
