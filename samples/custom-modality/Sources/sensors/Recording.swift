import Archive

/// The rows of one CSV file.
struct Recording {
  let columns: Int
  var rows: [[Float]] = []

  /// Reads a header, then rows of as many numbers. A channel that float32 cannot hold, such as a time, is an error.
  init(_ entry: ArchiveEntry) throws {
    let text = String(decoding: try entry.readAll(limit: 1 << 28), as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let columns = lines.first?.split(separator: ",").count ?? 0
    guard columns > 0 else {
      throw ArchiveError(
        path: entry.path, entry: entry.name, message: "found no columns; expected a header that names them")
    }
    self.columns = columns
    var lowest = [Double](repeating: .infinity, count: columns)
    var highest = [Double](repeating: -.infinity, count: columns)
    for (number, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      let values = line.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      let numbers = values.compactMap { $0 }.filter { Float($0).isFinite }
      guard numbers.count == columns, values.count == columns else {
        throw ArchiveError(
          path: entry.path, entry: entry.name,
          message: "line \(number + 1): found \"\(line.prefix(60))\"; expected \(columns) numbers")
      }
      rows.append(numbers.map(Float.init))
      for (column, number) in numbers.enumerated() {
        (lowest[column], highest[column]) = (min(lowest[column], number), max(highest[column], number))
      }
    }
    for (column, (low, high)) in zip(lowest, highest).enumerated() where low < high {
      let step = Double(Float(max(abs(low), abs(high))).ulp)
      guard high - low > 16 * step else {
        throw ArchiveError(
          path: entry.path, entry: entry.name,
          message:
            "column \(column + 1): found values from \(low) to \(high), of which float32 has no more than every "
            + "\(step); expected values with the offset subtracted")
      }
    }
  }
}
