import Files

/// A manifest's value with the place it came from.
struct ManifestNode: Sendable {
  enum Content: Sendable {
    /// A scalar's text; `isPlain` if it was written without quotes.
    case scalar(String, isPlain: Bool)
    case list([ManifestNode])
    case section([Entry])
  }

  /// A key and its value, in the order written.
  struct Entry: Sendable {
    var key: String
    var place: ManifestError.Place
    var value: ManifestNode
  }

  var content: Content
  var place: ManifestError.Place

  init(_ content: Content, at place: ManifestError.Place = .file) {
    self.content = content
    self.place = place
  }

  static func plain(_ text: String) -> Self { Self(.scalar(text, isPlain: true)) }
  static func text(_ text: String) -> Self { Self(.scalar(text, isPlain: false)) }
  static let null = plain("null")

  /// The values on the way along a path of keys, `training.epochs`, as far as they are there; this one first.
  func values(along path: String) -> [ManifestNode] {
    var values = [self]
    for key in path.split(separator: ".") {
      guard case .section(let entries) = values[values.count - 1].content,
        let entry = entries.first(where: { $0.key == key })
      else { break }
      values.append(entry.value)
    }
    return values
  }

  /// True for `key:` with nothing behind it.
  var isEmpty: Bool {
    if case .scalar("", isPlain: true) = content { return true }
    return false
  }

  /// True for YAML's null, written out or left empty.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// True for a section without keys, written `{}` or left empty.
  var hasNothing: Bool {
    if case .section(let entries) = content { return entries.isEmpty }
    return isEmpty
  }

  /// The first place on the command line that this value or one within it came from; nil if all is the file's.
  var overridden: ManifestError.Place? {
    if case .override = place { return place }
    guard case .section(let entries) = content else { return nil }
    return entries.lazy.compactMap(\.value.overridden).first
  }

  /// The scalar's text; nil for null, lists and sections.
  var text: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// The text of a scalar written without quotes, as numbers and booleans are.
  var plainText: String? {
    guard case .scalar(let text, isPlain: true) = content else { return nil }
    return text
  }

  /// How messages name this value.
  var found: String {
    switch content {
    case _ where isNull: "nothing"
    case .scalar(let text, _): "\"\(text.excerpt(60))\""
    case .list: "a list"
    case .section: "a section"
    }
  }

  /// The value on one line, for the documentation of defaults.
  var summary: String {
    switch content {
    case .scalar(let text, let isPlain): text.isEmpty && !isPlain ? "\"\"" : text
    case .list(let items): "[" + items.map(\.summary).joined(separator: ", ") + "]"
    case .section(let entries):
      "{" + entries.map { "\($0.key): \($0.value.summary)" }.joined(separator: ", ") + "}"
    }
  }
}

extension ManifestNode {
  /// Takes out what stands at the end of `keys`, if it is there.
  mutating func remove(_ keys: ArraySlice<String>) {
    guard case .section(var entries) = content, let key = keys.first else { return }
    if keys.count == 1 {
      entries.removeAll { $0.key == key }
    } else if let place = entries.firstIndex(where: { $0.key == key }) {
      entries[place].value.remove(keys.dropFirst())
    }
    content = .section(entries)
  }
}
