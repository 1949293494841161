/// One of several names. Each reader has a form with a default, an optional one (`default: nil`) and a required one.
extension SectionReader {
  /// A case of an enumeration, written as its raw value.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default standard: Choice, of type: Choice.Type = Choice.self, _ meaning: String
  ) throws(ManifestError) -> Choice
  where Choice.RawValue == String {
    try defaulted(key, try format(key, of: type), standard, meaning)
  }

  /// A case of an enumeration, written as its raw value; nil if absent or `null`.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, default: Never?, of type: Choice.Type = Choice.self, _ meaning: String
  ) throws(ManifestError) -> Choice?
  where Choice.RawValue == String {
    try optional(key, try format(key, of: type), meaning)
  }

  /// A case of an enumeration, written as its raw value; required.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type = Choice.self, _ meaning: String
  ) throws(ManifestError) -> Choice
  where Choice.RawValue == String {
    try required(key, try format(key, of: type), meaning)
  }

  /// One of `names`, which a registry knows.
  public func choice(
    _ key: String, default standard: String, of names: [String], _ meaning: String
  ) throws(ManifestError) -> String {
    try defaulted(key, try format(key, of: names), standard, meaning)
  }

  /// One of `names`, which a registry knows; nil if absent or `null`.
  public func choice(
    _ key: String, default: Never?, of names: [String], _ meaning: String
  ) throws(ManifestError) -> String? {
    try optional(key, try format(key, of: names), meaning)
  }

  /// One of `names`, which a registry knows; required.
  public func choice(
    _ key: String, of names: [String], _ meaning: String
  ) throws(ManifestError) -> String {
    try required(key, try format(key, of: names), meaning)
  }

  private func format<Choice: RawRepresentable & CaseIterable>(
    _ key: String, of type: Choice.Type
  ) throws(ManifestError) -> ValueFormat<Choice> where Choice.RawValue == String {
    try format(key, .choice(of: Choice.allCases.map { ($0.rawValue, $0) }, name: \.rawValue))
  }

  private func format(_ key: String, of names: [String]) throws(ManifestError) -> ValueFormat<String> {
    try format(key, .choice(of: names.map { ($0, $0) }, name: { $0 }))
  }

  private func format<Value>(
    _ key: String, _ choice: ValueFormat<Value>?
  ) throws(ManifestError) -> ValueFormat<Value> {
    guard let choice else { throw error(key, "there is nothing to choose from") }
    return choice
  }
}
