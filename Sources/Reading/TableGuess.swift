import Archive

/// What the columns of a table seem to hold, from its first rows.
public struct TableGuess: Sendable {
  /// One of the columns.
  public struct Column: Sendable {
    /// Its name.
    public let name: String
    /// Whether its fields are numbers, all but a few.
    public let isNumeric: Bool
    /// Whether some of them are not.
    public let hasOthers: Bool
    /// The fields that differ from each other.
    public let distinct: Int
    /// The mean length of its fields, bytes.
    public let length: Double
  }

  /// So many rows are looked at.
  private static let rows = 200
  /// The share of fields that may be no numbers where the others are.
  private static let tolerance = 0.15

  /// The columns that have names.
  public let columns: [Column]
  /// The rows that were looked at.
  public let rowCount: Int

  /// Looks at the table in an entry; nil if it is no table with a header.
  public init?(_ bytes: [UInt8], path: String, entry: String) {
    guard var reader = try? CSVReader(bytes, header: true, path: path, entry: entry) else { return nil }
    var fields = [[String]](repeating: [], count: reader.columns.count)
    var others = [Int](repeating: 0, count: reader.columns.count)
    var count = 0
    while count < Self.rows, let row = try? reader.next() {
      count += 1
      for place in fields.indices {
        guard let text = try? reader.text(place, of: row) else { continue }
        fields[place].append(text)
        if (try? reader.number(place, of: row)) == nil { others[place] += 1 }
      }
    }
    guard count > 0 else { return nil }
    rowCount = count
    columns = reader.columns.indices.filter { !reader.isNameless($0) }.map { place in
      Column(
        name: reader.columns[place], isNumeric: Double(others[place]) <= Self.tolerance * Double(count),
        hasOthers: others[place] > 0, distinct: Set(fields[place]).count,
        length: Double(fields[place].reduce(0) { $0 + $1.utf8.count }) / Double(max(1, fields[place].count)))
    }
  }

  /// The column that holds classes, if one seems to: of the ones that are no numbers and repeat, the one with fewest that
  /// differ; then one that is called so.
  public var classes: Column? {
    let named = columns.first {
      ["label", "class", "target", "category", "species", "y"].contains($0.name.lowercased())
    }
    let repeating = columns.filter {
      !$0.isNumeric && $0.distinct > 1 && 2 * $0.distinct <= rowCount && $0.length < 40
    }
    return named ?? repeating.min { $0.distinct < $1.distinct }
  }

  /// The column that holds texts, if one seems to: the longest that are no numbers and of several words.
  public var texts: Column? {
    columns.filter { !$0.isNumeric && $0.length > 12 && 2 * $0.distinct > rowCount }.max { $0.length < $1.length }
  }
}
