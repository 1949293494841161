import Archive
import Files
import IICCore
import Reading

extension VectorTable {
  /// Reads the rows of a table. Features are the columns that the layout names, or all but those of labels and ids and
  /// those without a name.
  init(_ table: CSVReader, _ layout: VectorLayout) throws {
    var rows = try VectorRows(table, layout)
    try rows.read()
    self.init(
      rows.values, remainders: rows.remainders, columns: rows.columns, ids: rows.ids, classes: try rows.classes(),
      notes: rows.notes, unread: rows.unread, error: table.error)
  }
}

/// The rows of a table of vectors as they are read.
private struct VectorRows {
  private(set) var values: [Double] = []
  /// What float64 lacks of values, by their places.
  private(set) var remainders: [Int: Double] = [:]
  private(set) var ids: [String] = []

  private var table: CSVReader
  private let layout: VectorLayout
  private let features: [Int]
  private let labelPlace, idPlace: Int?
  private let nameless: [Int]
  private var labels: [String] = []
  private var lines: [Int] = []
  /// The lines of names.
  private var named: [String: Int] = [:]
  private var leftOut = LeftOut()
  /// The rows so far, those that are left out included.
  private var count = 0

  init(_ table: CSVReader, _ layout: VectorLayout) throws {
    self.table = table
    self.layout = layout
    let (labels, ids) = (try layout.labels.map(table.place), try layout.ids.map(table.place))
    (labelPlace, idPlace) = (labels, ids)
    if let columns = layout.columns {
      features = try columns.map(table.place)
      nameless = []
    } else {
      let others = table.columns.indices.filter { $0 != labels && $0 != ids }
      features = others.filter { !table.isNameless($0) }
      nameless = others.filter(table.isNameless)
    }
    guard !features.isEmpty else {
      throw UserError("the table has no column that is a feature", key: "data.columns")
    }
  }

  /// The names of the features.
  var columns: [String] { features.map { table.columns[$0].isEmpty ? "\($0 + 1)" : "\"\(table.columns[$0])\"" } }

  /// Reads all rows. Throws if there are none.
  mutating func read() throws {
    while true {
      defer { count += 1 }
      do {
        guard let row = try table.next() else { break }
        try add(row)
      } catch let error as ArchiveError {
        guard let line = error.line, layout.skipsUndecodable else {
          throw error.line == nil ? error : error.adding(Undecodable.hint)
        }
        leftOut.add(line: line, because: error.reason, behind: ids.count)
      }
    }
    guard !ids.isEmpty else {
      throw table.error((["found no rows below the header"] + leftOut.notes(of: "vectors")).joined(separator: "; "))
    }
  }

  private mutating func add(_ row: CSVRow) throws {
    var numbers: [Double] = []
    for place in features { numbers.append(try table.number(place, of: row)) }
    let label = try labelPlace.map { try table.text($0, of: row) }
    var id = "\(count)"
    if let idPlace {
      id = try table.text(idPlace, of: row)
      guard !id.isEmpty else { throw table.error("found nothing; expected a name", idPlace, of: row) }
      if let earlier = named[id] {
        throw table.error("the name is already that of line \(earlier)", idPlace, of: row)
      }
      named[id] = row.line
    }
    for (place, feature) in features.enumerated() where abs(numbers[place]) >= 0x1p53 {
      let remainder = table.remainder(feature, of: row)
      if remainder != 0 { remainders[values.count + place] = remainder }
    }
    values += numbers
    ids.append(id)
    if let label { labels.append(label) }
    lines.append(row.line)
  }

  /// The classes of the vectors; nil if there is no column of them.
  func classes() throws -> ClassNumbers? {
    guard let labelPlace else { return nil }
    return try ClassNumbers(labels) { "line \(lines[$0]), column \(table.columns[labelPlace].debugDescription)" }
  }

  /// The rows that are no vectors, in order.
  var unread: [LeftOut.Item] { leftOut.items }

  /// What the user should know.
  var notes: [String] {
    var notes = leftOut.notes(of: "vectors")
    if !nameless.isEmpty {
      let numbers = nameless.map { "\($0 + 1)" }.joined(separator: ", ")
      notes.append(
        "data: columns without a name are no features, as they count rows (data.columns names others): \(numbers)")
    }
    if table.hasDecimalCommas {
      notes.append(
        "data: commas in numbers are decimal signs (data.decimal), and a \(table.separator.name) separates fields")
    }
    return notes
  }
}
