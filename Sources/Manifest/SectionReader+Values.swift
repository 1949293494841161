import Files

/// The readers of values. Each looks the key up, checks the value, and notes it for the documentation and the resolved
/// manifest:
///
///     epochs = try section("epochs", .integer(in: 1...1_000_000), "how often the data is gone through")
///     repeats = try section("repeats", .integer(in: 1...64), default: 3, "transformed views of an item")
///     threads = try section("threads", .integer(in: 1...1024), default: nil, "threads; if absent, one per core")
extension SectionReader {
  /// The value of a key that must be there.
  public func callAsFunction<Value>(
    _ key: String, _ format: ValueFormat<Value>, _ meaning: String
  ) throws(ManifestError) -> Value {
    try checkChoices(key, format)
    document(key, format, "required", meaning)
    var value = format.placeholder
    if let entry = entry(key) {
      value = try self.value(of: entry, format)
    } else if !log.isDescribing {
      throw error(key, "missing; expected \(format.expected)", at: place)
    }
    resolve(key, format.write(value))
    return value
  }

  /// The value of a key; nil if it is absent or `null`.
  public func callAsFunction<Value>(
    _ key: String, _ format: ValueFormat<Value>, default: Never?, _ meaning: String
  ) throws(ManifestError) -> Value? {
    try checkChoices(key, format)
    document(key, format, "none", meaning)
    var value: Value?
    if let entry = entry(key), entry.value.isEmpty || !entry.value.isNull {
      value = try self.value(of: entry, format, orNull: true)
    }
    resolve(key, value.map(format.write) ?? .null)
    return value
  }

  /// The value of a key, or `standard` if it is absent. That must itself be allowed.
  public func callAsFunction<Value>(
    _ key: String, _ format: ValueFormat<Value>, default standard: Value, _ meaning: String
  ) throws(ManifestError) -> Value {
    try checkChoices(key, format)
    let written = format.write(standard)
    document(key, format, written.summary, meaning)
    var value: Value
    do {
      // Read like what a user writes, so that a default outside the range is seen and a path is made absolute.
      value = try format.read(written, log.folder)
    } catch {
      throw self.error(key, "the default \(written.summary) is not \(format.expected)", at: .file)
    }
    if let entry = entry(key) { value = try self.value(of: entry, format) }
    resolve(key, format.write(value))
    return value
  }

  /// Throws if a registry knows no name, for none can be right then.
  private func checkChoices<Value>(_ key: String, _ format: ValueFormat<Value>) throws(ManifestError) {
    guard format.type == "choice", format.choices.isEmpty else { return }
    throw error(key, "there is nothing to choose from")
  }

  private func value<Value>(
    of entry: ManifestNode.Entry, _ format: ValueFormat<Value>, orNull: Bool = false
  ) throws(ManifestError) -> Value {
    do {
      return try format.read(entry.value, log.folder)
    } catch {
      let expected = format.expected + (orNull ? ", or null for none" : "")
      let hint = error.closest.map { "; did you mean \"\($0)\"?" } ?? ""
      throw self.error(entry.key, "found \(error.found); expected \(expected)\(hint)", at: error.place)
    }
  }
}
