/// Lists; one value without brackets is a list of one. Each reader has a form with a default, an optional one
/// (`default: nil`) and a required one.
extension SectionReader {
  /// Texts.
  public func strings(
    _ key: String, default standard: [String], _ meaning: String
  ) throws(ManifestError) -> [String] {
    try defaulted(key, .list(of: .string), standard, meaning)
  }

  /// Texts; nil if absent or `null`.
  public func strings(
    _ key: String, default: Never?, _ meaning: String
  ) throws(ManifestError) -> [String]? {
    try optional(key, .list(of: .string), meaning)
  }

  /// Texts; required.
  public func strings(
    _ key: String, _ meaning: String
  ) throws(ManifestError) -> [String] {
    try required(key, .list(of: .string), meaning)
  }

  /// Absolute paths, read like `path`; required. One is written back without brackets.
  func paths(
    _ key: String, _ meaning: String
  ) throws(ManifestError) -> [String] {
    let path = ValueFormat<String>.path(in: log.folder)
    var list = ValueFormat<[String]>.list(of: path)
    list.write = { [write = list.write] in $0.count == 1 ? path.write($0[0]) : write($0) }
    return try required(key, list, meaning)
  }

  /// Whole numbers, each in `range`.
  public func integers(
    _ key: String, default standard: [Int], in range: some RangeExpression<Int> = Int.min...Int.max,
    _ meaning: String
  ) throws(ManifestError) -> [Int] {
    try defaulted(key, .list(of: .integer(in: range)), standard, meaning)
  }

  /// Whole numbers, each in `range`; nil if absent or `null`.
  public func integers(
    _ key: String, default: Never?, in range: some RangeExpression<Int> = Int.min...Int.max, _ meaning: String
  ) throws(ManifestError) -> [Int]? {
    try optional(key, .list(of: .integer(in: range)), meaning)
  }

  /// Whole numbers, each in `range`; required.
  public func integers(
    _ key: String, in range: some RangeExpression<Int> = Int.min...Int.max, _ meaning: String
  ) throws(ManifestError) -> [Int] {
    try required(key, .list(of: .integer(in: range)), meaning)
  }

  /// Finite numbers, each in `range`.
  public func numbers(
    _ key: String, default standard: [Double],
    in range: some RangeExpression<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    _ meaning: String
  ) throws(ManifestError) -> [Double] {
    try defaulted(key, .list(of: .number(in: range)), standard, meaning)
  }

  /// Finite numbers, each in `range`; nil if absent or `null`.
  public func numbers(
    _ key: String, default: Never?,
    in range: some RangeExpression<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    _ meaning: String
  ) throws(ManifestError) -> [Double]? {
    try optional(key, .list(of: .number(in: range)), meaning)
  }

  /// Finite numbers, each in `range`; required.
  public func numbers(
    _ key: String,
    in range: some RangeExpression<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
    _ meaning: String
  ) throws(ManifestError) -> [Double] {
    try required(key, .list(of: .number(in: range)), meaning)
  }
}
