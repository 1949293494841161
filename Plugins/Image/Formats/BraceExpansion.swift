import Files
import IICCore

/// What braces in a text stand for, as in a shell: `{a,b}` is a, then b, and `{008..010}` is 008, 009, 010.
///
/// Braces may lie in each other. Those that hold neither a comma nor two numbers are text.
enum BraceExpansion {
  /// The most texts that one stands for.
  private static let limit = 100_000
  /// The longest text, bytes: no path is longer.
  private static let lengthLimit = 4096

  /// The texts that one stands for, those of the last braces varying fastest.
  static func alternatives(of text: String) throws(UserError) -> [String] {
    guard text.utf8.count <= lengthLimit else {
      throw UserError("found a path of \(text.utf8.count) bytes; allowed are \(lengthLimit)")
    }
    do {
      return try alternatives(of: text[...])
    } catch {
      throw UserError("\(text): stands for more than \(limit) paths")
    }
  }

  private struct TooMany: Error {}

  private static func alternatives(of text: Substring) throws(TooMany) -> [String] {
    guard let group = try firstGroup(in: text) else { return [String(text)] }
    let tails = try alternatives(of: text[group.range.upperBound...])
    var heads: [String] = []
    for item in group.items {
      heads += try alternatives(of: item)
      guard heads.count * tails.count <= limit else { throw TooMany() }
    }
    let start = text[..<group.range.lowerBound]
    return heads.flatMap { head in tails.map { start + head + $0 } }
  }

  /// The first braces that stand for something: where they are and for what.
  private static func firstGroup(
    in text: Substring
  ) throws(TooMany) -> (range: Range<Substring.Index>, items: [Substring])? {
    for start in text.indices where text[start] == "{" {
      var depth = 0
      var items: [Substring] = []
      var itemStart = text.index(after: start)
      scan: for place in text[start...].indices {
        switch text[place] {
        case "{": depth += 1
        case "," where depth == 1:
          items.append(text[itemStart..<place])
          itemStart = text.index(after: place)
        case "}":
          depth -= 1
          guard depth == 0 else { continue }
          items.append(text[itemStart..<place])
          let numbers = items.count == 1 ? try numbers(items[0]) : items
          guard let numbers else { break scan }
          return (start..<text.index(after: place), numbers)
        default: continue
        }
      }
    }
    return nil
  }

  /// The numbers of `3..12` or `12..3`, all with as many digits as the longer one if that begins with a zero.
  private static func numbers(_ text: Substring) throws(TooMany) -> [Substring]? {
    guard let dots = text.firstRange(of: ".."), let first = number(text[..<dots.lowerBound]),
      let last = number(text[dots.upperBound...])
    else { return nil }
    guard abs(first - last) < limit else { throw TooMany() }
    let ends = [text[..<dots.lowerBound], text[dots.upperBound...]]
    let isPadded = ends.contains { $0.count > 1 && $0.hasPrefix("0") }
    let width = isPadded ? ends.map(\.count).max() ?? 0 : 0
    return stride(from: first, through: last, by: first <= last ? 1 : -1).map { value in
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits[...]
    }
  }

  private static func number(_ text: Substring) -> Int? {
    // Up to nine digits, so that nothing overflows.
    (1...9).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
  }
}
