/// Numbers, booleans and text. Of each reader there are three: with a default, optional (`default: nil`), required.
extension SectionReader {
  /// A whole number in `range`, decimal and without a point.
  public func integer(
    _ key: String, default standard: Int, in range: some RangeExpression<Int> = Int.min...Int.max,
    _ meaning: String
  ) throws(ManifestError) -> Int {
    try defaulted(key, .integer(in: range), standard, meaning)
  }

  /// A whole number in `range`, decimal and without a point; nil if absent or `null`.
  public func integer(
    _ key: String, default: Never?, in range: some RangeExpression<Int> = Int.min...Int.max, _ meaning: String
  ) throws(ManifestError) -> Int? {
    try optional(key, .integer(in: range), meaning)
  }

  /// A whole number in `range`, decimal and without a point; required.
  public func integer(
    _ key: String, in range: some RangeExpression<Int> = Int.min...Int.max, _ meaning: String
  ) throws(ManifestError) -> Int {
    try required(key, .integer(in: range), meaning)
  }

  /// A finite number in `range`: `20`, `0.5`, `1e-4`.
  public func number(
    _ key: String, default standard: Double,
    in range: some RangeExpression<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    _ meaning: String
  ) throws(ManifestError) -> Double {
    try defaulted(key, .number(in: range), standard, meaning)
  }

  /// A finite number in `range`: `20`, `0.5`, `1e-4`; nil if absent or `null`.
  public func number(
    _ key: String, default: Never?,
    in range: some RangeExpression<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    _ meaning: String
  ) throws(ManifestError) -> Double? {
    try optional(key, .number(in: range), meaning)
  }

  /// A finite number in `range`: `20`, `0.5`, `1e-4`; required.
  public func number(
    _ key: String,
    in range: some RangeExpression<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    _ meaning: String
  ) throws(ManifestError) -> Double {
    try required(key, .number(in: range), meaning)
  }

  /// `true` or `false`.
  public func boolean(
    _ key: String, default standard: Bool, _ meaning: String
  ) throws(ManifestError) -> Bool {
    try defaulted(key, .boolean, standard, meaning)
  }

  /// `true` or `false`; nil if absent or `null`.
  public func boolean(
    _ key: String, default: Never?, _ meaning: String
  ) throws(ManifestError) -> Bool? {
    try optional(key, .boolean, meaning)
  }

  /// `true` or `false`; required.
  public func boolean(
    _ key: String, _ meaning: String
  ) throws(ManifestError) -> Bool {
    try required(key, .boolean, meaning)
  }

  /// Text: any scalar but null, quoted or not.
  public func string(
    _ key: String, default standard: String, _ meaning: String
  ) throws(ManifestError) -> String {
    try defaulted(key, .string, standard, meaning)
  }

  /// Text: any scalar but null, quoted or not; nil if absent or `null`.
  public func string(
    _ key: String, default: Never?, _ meaning: String
  ) throws(ManifestError) -> String? {
    try optional(key, .string, meaning)
  }

  /// Text: any scalar but null, quoted or not; required.
  public func string(
    _ key: String, _ meaning: String
  ) throws(ManifestError) -> String {
    try required(key, .string, meaning)
  }

  /// An absolute path; written `~/…`, or relative to the manifest's folder (on the command line, to the current one).
  public func path(
    _ key: String, default standard: String, _ meaning: String
  ) throws(ManifestError) -> String {
    try defaulted(key, .path(in: log.folder), standard, meaning)
  }

  /// An absolute path; written `~/…`, or relative to the manifest's folder (on the command line, to the current one); nil if absent or `null`.
  public func path(
    _ key: String, default: Never?, _ meaning: String
  ) throws(ManifestError) -> String? {
    try optional(key, .path(in: log.folder), meaning)
  }

  /// An absolute path; written `~/…`, or relative to the manifest's folder (on the command line, to the current one); required.
  public func path(
    _ key: String, _ meaning: String
  ) throws(ManifestError) -> String {
    try required(key, .path(in: log.folder), meaning)
  }
}
