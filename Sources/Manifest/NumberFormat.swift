extension ValueFormat where Value == Int {
  /// A whole number, decimal and without a point.
  public static var integer: Self { integer(in: Int.min...Int.max) }

  /// A whole number in `range`, decimal and without a point.
  public static func integer(in range: some RangeExpression<Int>) -> Self {
    let allowed = describe(range)
    return Self(
      type: "integer", allowed: allowed, expected: phrase("a whole number", allowed),
      placeholder: example(in: range),
      read: { (node, _) throws(Mismatch) in
        guard let text = node.plainText, isDecimal(text), text.allSatisfy({ !".eE".contains($0) }) else {
          throw node.asPlain
        }
        guard let value = Int(text) else { throw Mismatch(node, ", which does not fit in 64 bits") }
        guard range.contains(value) else { throw Mismatch(node) }
        return value
      },
      write: { .plain(String($0)) })
  }
}

extension ValueFormat where Value == Double {
  /// A finite number: `20`, `0.5`, `1e-4`.
  public static var number: Self { number(in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude) }

  /// A finite number in `range`: `20`, `0.5`, `1e-4`.
  public static func number(in range: some RangeExpression<Double>) -> Self {
    let allowed = describe(range)
    return Self(
      type: "number", allowed: allowed, expected: phrase("a number", allowed),
      placeholder: example(in: range),
      read: { (node, _) throws(Mismatch) in
        guard let text = node.plainText, isDecimal(text), let value = Double(text) else { throw node.asPlain }
        guard value.isFinite else { throw Mismatch(node, ", which is too large") }
        guard range.contains(value) else { throw Mismatch(node) }
        return value
      },
      write: { .plain(name($0)) })
  }
}

extension RangeExpression where Self == PartialRangeFrom<Double> {
  /// All normal numbers above zero, zero excluded.
  public static var positive: Self { .leastNormalMagnitude... }
}

/// True for decimal digits with a sign, point and exponent or without, in the right order or not.
///
/// Digits that begin with a zero are refused because YAML 1.1 reads them as octal.
func isDecimal(_ text: String) -> Bool {
  guard text.utf8.contains(where: { (48...57).contains($0) }) else { return false }
  guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return false }
  let digits = text.drop { "+-".contains($0) }
  return !(digits.count > 1 && digits.first == "0" && digits.allSatisfy(\.isNumber))
}

private func phrase(_ noun: String, _ allowed: String) -> String {
  guard !allowed.isEmpty else { return noun }
  return noun + (allowed.hasPrefix("at ") ? " of " : " ") + allowed
}

/// A bound as written in a manifest: `20`, `0.5`, `1.0e-05`.
///
/// With a point before the exponent YAML 1.1 readers take it for a number as well.
private func name<Bound>(_ bound: Bound) -> String {
  let text = "\(bound)"
  if text.hasSuffix(".0") { return String(text.dropLast(2)) }
  guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
  return text[..<exponent] + ".0" + text[exponent...]
}

/// A value in the range: zero if it can be.
private func example<Bound>(in range: some RangeExpression<Bound>) -> Bound
where Bound: Numeric {
  var candidates: [Bound] = [0]
  switch range {
  case let range as ClosedRange<Bound>: candidates += [range.lowerBound]
  case let range as Range<Bound>: candidates += [range.lowerBound]
  case let range as PartialRangeFrom<Bound>: candidates += [range.lowerBound]
  case let range as PartialRangeThrough<Bound>: candidates += [range.upperBound]
  case let range as PartialRangeUpTo<Bound>: candidates += [range.upperBound - 1]
  default: break
  }
  return candidates.first(where: range.contains) ?? 0
}

private func describe<Bound: Numeric>(_ range: some RangeExpression<Bound>) -> String {
  switch range {
  case let range as ClosedRange<Bound>:
    let isWhole = range.lowerBound as? Int == .min && range.upperBound as? Int == .max
    let isLine = (range.lowerBound as? Double).map { $0 == -.greatestFiniteMagnitude } ?? false
    if isWhole || isLine { return "" }
    return isPositive(range.lowerBound)
      ? "above 0 and at most \(name(range.upperBound))"
      : "from \(name(range.lowerBound)) to \(name(range.upperBound))"
  case let range as Range<Bound>:
    return range.lowerBound is Int
      ? "from \(name(range.lowerBound)) to \(name(range.upperBound - 1))"
      : isPositive(range.lowerBound)
        ? "above 0 and below \(name(range.upperBound))"
        : "at least \(name(range.lowerBound)) and below \(name(range.upperBound))"
  case let range as PartialRangeFrom<Bound>:
    return isPositive(range.lowerBound) ? "above 0" : "at least \(name(range.lowerBound))"
  case let range as PartialRangeThrough<Bound>:
    return "at most \(name(range.upperBound))"
  case let range as PartialRangeUpTo<Bound>:
    return "below \(name(range.upperBound))"
  default:
    return "in \(range)"
  }
}

/// True for the least normal number above zero, which as a bound means that zero itself is excluded. Threads that compute
/// take the smaller ones for zero.
private func isPositive<Bound>(_ bound: Bound) -> Bool {
  bound as? Double == .leastNormalMagnitude
}
