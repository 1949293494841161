/// What stands between the fields of a table: a byte of ASCII.
public struct CSVSeparator: RawRepresentable, Hashable, Sendable {
  /// The byte.
  public let rawValue: UInt8

  /// Takes a byte.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `,`
  public static let comma = CSVSeparator(rawValue: 0x2C)
  /// `;`, where commas are in numbers.
  public static let semicolon = CSVSeparator(rawValue: 0x3B)
  /// A tab.
  public static let tab = CSVSeparator(rawValue: 0x09)
  /// `|`
  public static let bar = CSVSeparator(rawValue: 0x7C)

  /// Those that are looked for.
  static let all: [CSVSeparator] = [semicolon, comma, tab, bar]

  /// The rows that are looked at to find one.
  private static let rowLimit = 50

  /// `comma`, `semicolon`, `tab` or `bar`, or the character itself; nil for anything else that could not separate.
  public init?(_ name: String) {
    if let known = Self.all.first(where: { $0.name == name }) {
      self = known
    } else if let byte = name.utf8.first, name.utf8.count == 1, Self.canSeparate(byte) {
      rawValue = byte
    } else {
      return nil
    }
  }

  /// Whether a byte is a tab or a sign that is found neither in words nor in numbers.
  private static func canSeparate(_ byte: UInt8) -> Bool {
    byte == 0x09 || "!#$%&*,/:;<=>?@^_`|~".utf8.contains(byte)
  }

  /// The name, or the character.
  public var name: String {
    switch self {
    case .comma: "comma"
    case .semicolon: "semicolon"
    case .tab: "tab"
    case .bar: "bar"
    default: String(UnicodeScalar(rawValue))
    }
  }

  /// The separator of a table, by its first rows.
  ///
  /// It is the one by which all of them have equally many fields, two or more; a semicolon before a comma, which then is
  /// one in numbers. If by none they have, rows are ragged, and it is the one that the first row has most of. A table of
  /// one column has none, which is as good as a comma.
  public static func found(in bytes: [UInt8]) -> CSVSeparator {
    var best = CSVSeparator.comma
    var most = 1
    for candidate in all {
      var scanner = CSVScanner(bytes, separator: candidate.rawValue, path: "", entry: nil)
      var counts: [Int] = []
      while counts.count < rowLimit, let row = try? scanner.row() { counts.append(row.fields.count) }
      guard let first = counts.first, first > 1 else { continue }
      if counts.count > 1, counts.allSatisfy({ $0 == first }) { return candidate }
      if first > most || first == most && candidate == .comma { (best, most) = (candidate, first) }
    }
    return best
  }
}
