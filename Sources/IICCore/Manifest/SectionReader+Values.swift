/// What all readers of values do: look the key up, check the value, note it for the documentation and the resolved
/// manifest.
extension SectionReader {
  func required<Value>(
    _ key: String, _ format: ValueFormat<Value>, _ meaning: String
  ) throws(ManifestError) -> Value {
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

  func optional<Value>(
    _ key: String, _ format: ValueFormat<Value>, _ meaning: String
  ) throws(ManifestError) -> Value? {
    document(key, format, "none", meaning)
    var value: Value?
    if let entry = entry(key), entry.value.isEmpty || !entry.value.isNull {
      value = try self.value(of: entry, format, orNull: true)
    }
    resolve(key, value.map(format.write) ?? .null)
    return value
  }

  func defaulted<Value>(
    _ key: String, _ format: ValueFormat<Value>, _ standard: Value, _ meaning: String
  ) throws(ManifestError) -> Value {
    let written = format.write(standard)
    document(key, format, written.summary, meaning)
    var value: Value
    do {
      // Read like what a user writes, so that a default outside the range is seen and a path is made absolute.
      value = try format.read(written)
    } catch {
      throw self.error(key, "the default \(written.summary) is not \(format.expected)", at: .file)
    }
    if let entry = entry(key) { value = try self.value(of: entry, format) }
    resolve(key, format.write(value))
    return value
  }

  private func value<Value>(
    of entry: ManifestNode.Entry, _ format: ValueFormat<Value>, orNull: Bool = false
  ) throws(ManifestError) -> Value {
    do {
      return try format.read(entry.value)
    } catch {
      let expected = format.expected + (orNull ? ", or null for none" : "")
      let hint = error.closest.map { "; did you mean \"\($0)\"?" } ?? ""
      throw self.error(entry.key, "found \(error.found); expected \(expected)\(hint)", at: error.place)
    }
  }
}
