public import Archive
public import Files

/// The classes of items, read in the same way wherever their labels are written.
///
/// An empty label and -1 are unknown. If all others are whole numbers, they are the classes themselves: `1`, `2` and `10`,
/// or `1.0` and `2.0`; a negative one is an error. NaN among numbers is unknown, too. Else labels are names, of which
/// the classes are numbered in order: numbers by their size, then texts by their bytes.
public struct ClassNumbers: Sendable, Equatable {
  /// The class of each item, -1 where it is unknown.
  public let numbers: [Int]
  /// The name of each class, by its number; nil if the numbers are what was written.
  public let names: [String]?

  /// Takes numbers that are known.
  public init(numbers: [Int], names: [String]?) {
    self.numbers = numbers
    self.names = names
  }

  /// Reads labels written as text. `place` says of the label at an index where it is written, for errors.
  public init(
    _ labels: [String], at place: (Int) -> String = { "label \($0), counted from 0" }
  ) throws(UserError) {
    var distinct = Set(labels).filter { !Self.isUnknown($0) }
    if distinct.allSatisfy({ Self.real($0) != nil || Self.isNaN($0) }) {
      distinct = distinct.filter { !Self.isNaN($0) }
    }
    let whole = distinct.compactMap(Self.whole)
    guard whole.count < distinct.count else {
      let numbers = Dictionary(zip(distinct, whole), uniquingKeysWith: { first, _ in first })
      if let item = labels.firstIndex(where: { numbers[$0].map { $0 < 0 } ?? false }) {
        throw UserError(
          "\(place(item)): found the label \(labels[item].excerpt(60)); expected \(Self.allowed), or names")
      }
      self.init(numbers: labels.map { numbers[$0] ?? -1 }, names: nil)
      return
    }
    let names = Self.ordered(distinct)
    let numbers = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
    self.init(numbers: labels.map { numbers[$0] ?? -1 }, names: names)
  }

  /// Reads labels from an array `[n]` of whole numbers, of whatever type. `error` says where it is, for errors.
  public init(_ labels: NPYArray, error: (String) -> ArchiveError) throws(ArchiveError) {
    let numbers =
      labels.integers() ?? labels.doubles(0..<labels.count).map { $0.isNaN ? -1 : Int(exactly: $0) ?? -2 }
    if let item = numbers.firstIndex(where: { $0 < -1 }) {
      throw error("label \(item), counted from 0: found \(labels.text(of: item)); expected \(Self.allowed)")
    }
    self.init(numbers: numbers, names: nil)
  }

  /// What a label may be that is a number.
  private static let allowed = "a whole number from 0, or -1 for unknown"

  /// The class that a label names by its number alone, -1 if it is unknown. Throws for anything else.
  public static func number(_ label: String, error: (String) -> ArchiveError) throws(ArchiveError) -> Int {
    if isUnknown(label) { return -1 }
    guard let number = whole(label), number >= 0 else {
      throw error("found \"\(label.excerpt(60))\"; expected \(allowed)")
    }
    return number
  }

  /// Whether a label says that the class is unknown.
  public static func isUnknown(_ label: String) -> Bool { label.allSatisfy(\.isWhitespace) || whole(label) == -1 }

  /// Names in the order in which classes are numbered: numbers by their size, then texts by their bytes.
  public static func ordered(_ names: Set<String>) -> [String] {
    names.map { (name: $0, value: real($0)) }.sorted { one, other in
      switch (one.value, other.value) {
      case (let first?, let second?) where first != second: first < second
      case (nil, _?): false
      case (_?, nil): true
      default: one.name.utf8.lexicographicallyPrecedes(other.name.utf8)
      }
    }.map(\.name)
  }

  /// The number that a text is; nil for one that only looks so to a computer, such as `infinity` and `0x10`.
  private static func real(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  package static func whole(_ text: String) -> Int? { Int(text) ?? real(text).flatMap { Int(exactly: $0) } }
  private static func isNaN(_ text: String) -> Bool { text.lowercased() == "nan" }
}
