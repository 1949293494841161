import Archive
import IICCore

extension VectorTable {
  /// Reads the rows of a table: `columns` are the features, or all but `labels` and `ids`.
  init(_ table: CSVReader, labels: String?, ids: String?, columns: [String]?) throws {
    var table = table
    let labelPlace = try labels.map { try table.place(of: $0) }
    let idPlace = try ids.map { try table.place(of: $0) }
    let places =
      try columns?.map { try table.place(of: $0) }
      ?? table.columns.indices.filter { $0 != labelPlace && $0 != idPlace }
    guard !places.isEmpty else { throw DataError("the table has no column that is a feature", key: "data.columns") }
    var values: [Float] = []
    var classes: [String] = []
    var names: [String] = []
    var lines: [String: Int] = [:]
    while let row = try table.next() {
      for place in places { values.append(try table.number(place, of: row)) }
      if let labelPlace { classes.append(try table.text(labelPlace, of: row)) }
      guard let idPlace else {
        names.append("\(names.count)")
        continue
      }
      let name = try table.text(idPlace, of: row)
      guard !name.isEmpty else { throw table.error("found nothing; expected a name", idPlace, of: row) }
      if let earlier = lines.updateValue(row.line, forKey: name) {
        throw table.error("the name is already that of line \(earlier)", idPlace, of: row)
      }
      names.append(name)
    }
    guard !names.isEmpty else { throw table.error("found no rows below the header") }
    self.init(
      width: places.count, values: values, ids: names, labels: labels == nil ? nil : ClassNumbers.of(classes))
  }
}
