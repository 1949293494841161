import Files

/// Sections within a section. Keys that their types or closures do not read are errors.
extension SectionReader {
  /// The configuration that has `key` as its section; if that is absent, with defaults throughout.
  public func read<Section: ManifestSection>(
    _ type: Section.Type, at key: String, _ meaning: String
  ) throws(ManifestError) -> Section {
    try section(key, meaning) { section throws(ManifestError) in try Section(from: section) }
  }

  /// The configuration that has `key` as its section; nil if that is absent or `null`.
  public func read<Section: ManifestSection>(
    _ type: Section.Type, at key: String, default: Never?, _ meaning: String
  ) throws(ManifestError) -> Section? {
    try section(key, default: nil, meaning) { section throws(ManifestError) in try Section(from: section) }
  }

  /// What `body` makes of the section at `key`; if that is absent, of an empty one.
  ///
  /// A closure says what it throws: `section("views", "…") { views throws(ManifestError) in … }`.
  public func section<Result>(
    _ key: String, _ meaning: String, _ body: (SectionReader) throws(ManifestError) -> Result
  ) throws(ManifestError) -> Result {
    document(key, type: "section", default: "", allowed: "", meaning)
    guard let value = entry(key)?.value else { return try enter(key, at: place, [], body) }
    if value.isEmpty { return try enter(key, at: value.place, [], body) }
    guard case .section(let entries) = value.content else {
      throw error(key, "found \(value.found); expected a section", at: value.place)
    }
    return try enter(key, at: value.place, entries, body)
  }

  /// What `body` makes of the section at `key`; nil, and `body` not called, if that is absent or `null`.
  ///
  /// While the documentation is collected, `body` is called with an empty section.
  public func section<Result>(
    _ key: String, default: Never?, _ meaning: String,
    _ body: (SectionReader) throws(ManifestError) -> Result
  ) throws(ManifestError) -> Result? {
    document(key, type: "section", default: "none", allowed: "", meaning)
    guard let value = entry(key)?.value, value.isEmpty || !value.isNull else {
      if log.isDescribing { return try enter(key, at: place, [], body) }
      resolve(key, .null)
      return nil
    }
    guard case .section(let entries) = value.content else {
      let expected = "a section, {} for one of defaults, or null for none"
      throw error(key, "found \(value.found); expected \(expected)", at: value.place)
    }
    return try enter(key, at: value.place, entries, body)
  }

  /// What `body` makes of the section at `key`, of an empty one if that is absent; nil, and `body` not called, if it is
  /// `null`.
  public func sectionUnlessNull<Result>(
    _ key: String, _ meaning: String, _ body: (SectionReader) throws(ManifestError) -> Result
  ) throws(ManifestError) -> Result? {
    guard let value = entry(key)?.value, value.isNull, !value.isEmpty else {
      return try section(key, meaning, body)
    }
    document(key, type: "section", default: "", allowed: "", meaning)
    resolve(key, .null)
    return nil
  }

  private func enter<Result>(
    _ key: String, at place: ManifestError.Place, _ entries: [ManifestNode.Entry],
    _ body: (SectionReader) throws(ManifestError) -> Result
  ) throws(ManifestError) -> Result {
    // Text cannot nest this deep; a type that has itself as an optional section could, without end.
    guard path.count < ManifestParser.depthLimit else {
      throw error(key, "nested deeper than \(ManifestParser.depthLimit) levels", at: place)
    }
    let reader = SectionReader(log: log, path: path + [key], place: place, entries: entries)
    let result = try body(reader)
    try reader.finish()
    resolve(key, ManifestNode(.section(reader.resolved)))
    return result
  }
}
