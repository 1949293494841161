public import Archive
import Files
public import Manifest

extension SectionReader {
  /// The data that the section's key `source` names, to be read within the section's `limits` and as its keys `names`
  /// and `links` say.
  ///
  /// - Parameter isTable: whether it is one file whose name does not matter; there is no key `names` then.
  public func dataSource(_ meaning: String, isTable: Bool = false) throws(ManifestError) -> DataSource {
    try source(try self("source", .path, meaning), isTable: isTable)
  }

  /// The data that the section's key `source` names, one path or a list, each to be read within the section's `limits`
  /// and as its keys `names` and `links` say.
  public func dataSources(_ meaning: String) throws(ManifestError) -> [DataSource] {
    let paths = try self("source", .paths, meaning)
    let first = try source("", isTable: false)
    return paths.map { first.with(path: $0) }
  }

  private func source(_ path: String, isTable: Bool) throws(ManifestError) -> DataSource {
    let limits = try readingLimits()
    let names = isTable ? nil : try nameEncoding()
    let links = try self(
      "links", .choice, default: DataSource.Links.inside,
      "symbolic links in a folder that are followed: those that stay inside it, or all")
    return DataSource(path: path, limits: limits, nameEncoding: names, links: links)
  }

  private func nameEncoding() throws(ManifestError) -> NameEncoding? {
    let name = try self(
      "names", .string, default: nil,
      "character set of names that are not UTF-8, as in zips of Windows: cp866, gbk, shift-jis and others; if absent, "
        + "such bytes are written \\xE9")
    guard let name else { return nil }
    guard let encoding = NameEncoding(name) else {
      throw error(
        "names",
        "found \"\(name.excerpt(60))\"; expected a character set that iconv knows, such as cp437, cp866, "
          + "cp1251, gbk, big5, shift-jis or euc-kr")
    }
    return encoding
  }

  /// What stands between the fields of a table, by the section's key `separator`; nil if it is to be found.
  public func separator() throws(ManifestError) -> CSVSeparator? {
    let allowed = "auto, which finds it, comma, semicolon, tab, bar, or the character itself"
    let name = try self("separator", .string, default: "auto", "what stands between fields: \(allowed)")
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
      limits.entries = try section(
        "entries", .integer(in: 1...Int.max), default: standard.entries, "the most entries")
      limits.entryBytes = try section(
        "entryBytes", .integer(in: 1...Int.max), default: standard.entryBytes,
        "the most bytes of an entry, decompressed")
      limits.totalBytes = try section(
        "totalBytes", .integer(in: 1...Int.max), default: standard.totalBytes,
        "the most bytes of all entries, decompressed")
      limits.expansion = try section(
        "expansion", .integer(in: 1...Int.max), default: standard.expansion,
        "the most decompressed bytes for each byte of the file, above 256 MiB")
      return limits
    }
  }
}
