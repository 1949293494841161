import Archive
import Foundation
import IICCore
import Reading

/// Vectors in memory before they go to the sample cache as float32: row by row, as exact as their source.
///
/// Times, counters and identifiers are large numbers that differ by little. float32 has steps of 128 at 1.7e9, so what is
/// subtracted is subtracted before. Of a column all numbers are taken relative to the first row's, which loses nothing
/// where they are near each other.
struct VectorTable {
  /// Numbers as they were read.
  enum Numbers {
    case array(NPYArray)
    /// Those of a table, and what float64 lacks of some of them, by their places.
    case table([Double], remainders: [Int: Double])
  }

  /// What is subtracted from a feature, and what the difference is multiplied by: first a power of two, so that no square
  /// is too large or too small, then the rest.
  struct Scaling {
    var first = 0.0, firstRemainder = 0.0, mean = 0.0, power = 1.0, factor = 1.0

    /// All of it, to be kept.
    var numbers: [Double] { [first, firstRemainder, mean, power, factor] }

    init(first: Double, firstRemainder: Double) { (self.first, self.firstRemainder) = (first, firstRemainder) }

    init(_ numbers: ArraySlice<Double>) {
      let numbers = Array(numbers)
      (first, firstRemainder, mean, power, factor) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
    }
  }

  /// Under what scalings are among what is fitted, and the numbers of one.
  static let scaling = "scaling", scalingCount = 5

  /// D, the features of a vector.
  let width: Int
  /// A name for each vector.
  private(set) var ids: [String]
  /// The classes of the vectors, if labels are read.
  private(set) var classes: ClassNumbers?
  /// What the user should know.
  var notes: [String] = []
  /// The rows that are no vectors, in order.
  private var unread: [LeftOut.Item] = []
  /// Whether each vector is scaled to length 1, at last; a vector of zeros stays.
  var isNormalised = false

  let numbers: Numbers
  /// The names of the features, for messages; nil where they are counted from 0.
  private let columns: [String]?
  /// The rows of the source, counted from 0, that are kept.
  var rows: [Int]
  private let rowCount: Int
  var scalings: [Scaling]?
  let error: (String) -> ArchiveError

  /// Takes vectors that were read from a table.
  init(
    _ values: [Double], remainders: [Int: Double], columns: [String], ids: [String], classes: ClassNumbers?,
    notes: [String], unread: [LeftOut.Item], error: @escaping (String) -> ArchiveError
  ) {
    width = columns.count
    numbers = .table(values, remainders: remainders)
    (self.columns, self.ids, self.classes, self.error) = (columns, ids, classes, error)
    (self.notes, self.unread) = (notes, unread)
    rowCount = ids.count
    rows = Array(0..<ids.count)
  }

  /// Takes an array `[n, D]`; items are named by their rows, counted from 0. Throws what is wrong as `error` has it.
  init(
    _ array: NPYArray, skippingUndecodable: Bool, error: @escaping (String) -> ArchiveError
  ) throws {
    guard array.shape.count == 2, array.shape[0] > 0, array.shape[1] > 0 else {
      throw error("found an array of shape \(array.shape); expected vectors [n, D]")
    }
    width = array.shape[1]
    numbers = .array(array)
    columns = nil
    self.error = error
    rowCount = array.shape[0]
    rows = []
    ids = []
    var leftOut = LeftOut()
    var kept: [Int] = []
    forEachPiece(of: Array(0..<rowCount)) { rows, values, _ in
      for (place, row) in rows.enumerated() {
        let vector = values[place * width..<(place + 1) * width]
        if vector.allSatisfy(\.isFinite) {
          kept.append(row)
        } else if leftOut.count == 0 || skippingUndecodable {
          leftOut.add(
            "row \(row)", because: "not all finite numbers (rows counted from 0)", behind: kept.count, id: "\(row)")
        }
      }
    }
    if leftOut.count > 0, !skippingUndecodable {
      let place = firstNotFinite()
      throw error(
        "row \(place / width), column \(place % width): found \(array.text(of: place)); expected a finite number "
          + "(rows and columns counted from 0)" + Undecodable.hint)
    }
    guard !kept.isEmpty else { throw error("found no row of finite numbers among \(rowCount)") }
    rows = kept
    ids = kept.map { "\($0)" }
    notes = leftOut.notes(of: "vectors")
    unread = leftOut.items
  }

  private func firstNotFinite() -> Int {
    for row in 0..<rowCount {
      if let place = piece(row..<row + 1).values.firstIndex(where: { !$0.isFinite }) { return row * width + place }
    }
    return 0
  }

  /// Takes the classes from an array `[n]` of whole numbers, -1 for unknown.
  mutating func setLabels(_ array: NPYArray, error: (String) -> ArchiveError) throws {
    guard array.shape == [rowCount] else {
      throw error("found an array of shape \(array.shape); expected [\(rowCount)], one label for each vector")
    }
    let all = try ClassNumbers(array, error: error)
    classes = ClassNumbers(numbers: rows.map { all.numbers[$0] }, names: all.names)
  }

  /// What the cache keeps beside the samples.
  var description: DatasetDescription {
    var description = DatasetDescription(shape: [width], element: .float32, ids: ids)
    description.notes = notes
    description.unread = unread
    description.fitted = scalings.map { FittedState(numbers: [Self.scaling: $0.flatMap(\.numbers)]) }
    if let classes { description.setClasses(classes) }
    return description
  }

  /// Writes the samples in this machine's byte order. Throws if a value is too large for float32.
  func write(to writer: inout SampleWriter) throws {
    try forEachPiece(of: rows) { rows, values, remainders in
      var samples = [Float](repeating: 0, count: rows.count * width)
      for (place, row) in rows.enumerated() {
        var vector = Array(values[place * width..<(place + 1) * width])
        if let scalings {
          for (column, scaling) in scalings.enumerated() {
            let rest = (remainders?[place * width + column] ?? 0) - scaling.firstRemainder
            let difference = (vector[column] - scaling.first) + rest
            vector[column] = (difference - scaling.mean) * scaling.power * scaling.factor
          }
        }
        if isNormalised { Self.normalise(&vector) }
        for (column, value) in vector.enumerated() {
          let sample = Float(value)
          guard sample.isFinite else {
            throw error("row \(row), counted from 0, \(name(column)): found \(value), which float32 cannot hold")
          }
          samples[place * width + column] = sample
        }
      }
      try samples.withUnsafeBytes { try writer.append(Data($0)) }
    }
  }

  private static func normalise(_ vector: inout [Double]) {
    let largest = vector.reduce(0) { max($0, abs($1)) }
    guard largest > 0 else { return }
    // Divided first, no square is too large or too small.
    let square = vector.reduce(0) { $0 + ($1 / largest) * ($1 / largest) }
    let scale = 1 / square.squareRoot()
    for place in vector.indices { vector[place] = vector[place] / largest * scale }
  }
}

extension VectorTable {
  /// The numbers of some rows of the source, and what float64 lacks of them.
  private func piece(_ rows: Range<Int>) -> (values: [Double], remainders: [Double]?) {
    let range = rows.lowerBound * width..<rows.upperBound * width
    switch numbers {
    case .array(let array): return (array.doubles(range), array.remainders(range))
    case .table(let values, let remainders):
      return (
        Array(values[range]), remainders.isEmpty ? nil : range.map { remainders[$0] ?? 0 }
      )
    }
  }

  /// Hands out rows in pieces of about 32 MiB, with their numbers one row after the other.
  private func forEachPiece(
    of rows: [Int], _ body: (ArraySlice<Int>, [Double], [Double]?) throws -> Void
  ) rethrows {
    let size = max(1, (1 << 22) / width)
    for start in stride(from: 0, to: rows.count, by: size) {
      let piece = rows[start..<min(start + size, rows.count)]
      guard let first = piece.first, let last = piece.last else { continue }
      var (values, remainders) = self.piece(first..<last + 1)
      if last - first + 1 > piece.count {
        // Rows between them are left out.
        let places = piece.flatMap { row in (row - first) * width..<(row - first + 1) * width }
        values = places.map { values[$0] }
        remainders = remainders.map { all in places.map { all[$0] } }
      }
      try body(piece, values, remainders)
    }
  }

  /// A scaling for each feature that subtracts the first row's value.
  func firstValues() -> [Scaling] {
    let (values, remainders) = piece(rows[0]..<rows[0] + 1)
    return values.indices.map { Scaling(first: values[$0], firstRemainder: remainders?[$0] ?? 0) }
  }

  /// Hands out every value, with its feature, less the first row's.
  func forEachDifference(_ scalings: [Scaling], _ body: (Int, Double) -> Void) {
    forEachPiece(of: rows) { rows, values, remainders in
      var place = 0
      for _ in rows {
        for column in 0..<width {
          let rest = (remainders?[place] ?? 0) - scalings[column].firstRemainder
          body(column, (values[place] - scalings[column].first) + rest)
          place += 1
        }
      }
    }
  }

  func name(_ column: Int) -> String { columns.map { "column \($0[column])" } ?? "column \(column)" }

  func list(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
  }
}
