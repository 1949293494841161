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
  private struct Scaling {
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
  private static let scaling = "scaling", scalingCount = 5

  /// D, the features of a vector.
  let width: Int
  /// A name for each vector.
  private(set) var ids: [String]
  /// The classes of the vectors, if labels are read.
  private(set) var classes: ClassNumbers?
  /// What the user should know.
  private(set) var notes: [String] = []
  /// Whether each vector is scaled to length 1, at last; a vector of zeros stays.
  var isNormalised = false

  private let numbers: Numbers
  /// The names of the features, for messages; nil where they are counted from 0.
  private let columns: [String]?
  /// The rows of the source, counted from 0, that are kept.
  private var rows: [Int]
  private let rowCount: Int
  private var scalings: [Scaling]?
  private let error: (String) -> ArchiveError

  /// Takes vectors that were read from a table.
  init(
    _ values: [Double], remainders: [Int: Double], columns: [String], ids: [String], classes: ClassNumbers?,
    notes: [String], error: @escaping (String) -> ArchiveError
  ) {
    width = columns.count
    numbers = .table(values, remainders: remainders)
    (self.columns, self.ids, self.classes, self.notes, self.error) = (columns, ids, classes, notes, error)
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
          leftOut.add("row \(row)", because: "not all finite numbers (rows counted from 0)")
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
    description.fitted = scalings.map { FittedState(numbers: [Self.scaling: $0.flatMap(\.numbers)]) }
    if let classes { description.setClasses(classes) }
    return description
  }

  /// Moves and scales each feature to mean 0 and deviation 1 over the data, or over those that `fitted` is of; a feature
  /// that is constant there becomes 0.
  mutating func standardise(by fitted: FittedState? = nil) throws {
    if let numbers = fitted?.numbers[Self.scaling] {
      guard numbers.count == Self.scalingCount * width else {
        throw error("found vectors of \(width) numbers; the run's have \(numbers.count / Self.scalingCount)")
      }
      scalings = (0..<width).map { Scaling(numbers[($0 * Self.scalingCount)..<(($0 + 1) * Self.scalingCount)]) }
      return
    }
    var scalings = firstValues()
    var largest = [Double](repeating: 0, count: width)
    forEachDifference(scalings) { column, difference in
      scalings[column].mean += difference
      largest[column] = max(largest[column], abs(difference))
    }
    for column in 0..<width {
      scalings[column].mean /= Double(rows.count)
      guard largest[column].isFinite, scalings[column].mean.isFinite else {
        throw error("\(name(column)): the values are too far apart for float64; expected some of like size")
      }
      let exponent = largest[column] > 0 ? largest[column].exponent : 0
      scalings[column].power = Double(sign: .plus, exponent: min(1023, max(-1022, -exponent)), significand: 1)
    }
    var squares = [Double](repeating: 0, count: width)
    forEachDifference(scalings) { column, difference in
      let scaled = (difference - scalings[column].mean) * scalings[column].power
      squares[column] += scaled * scaled
    }
    var faint: [String] = []
    for column in 0..<width {
      let deviation = (squares[column] / Double(rows.count)).squareRoot()
      scalings[column].factor = largest[column] > 0 && deviation > 0 ? 1 / deviation : 0
      let step = relativeStep * abs(scalings[column].first)
      if largest[column] > 0, deviation / scalings[column].power < step { faint.append(name(column)) }
    }
    self.scalings = scalings
    if !faint.isEmpty {
      notes.append(
        "data: features that vary by no more than the rounding of their values, which is made as large as the others: "
          + list(faint))
    }
  }

  /// Notes the features that are told apart before but not after rounding to float32.
  mutating func noteLostVariation() {
    switch numbers {
    case .array(let array)
    where [.bool, .int8, .uint8, .int16, .uint16, .float16, .float32].contains(array.element):
      return
    default: break
    }
    let scalings = firstValues()
    var sums = [Double](repeating: 0, count: width)
    var squares = sums, largest = sums
    var isRounded = [Bool](repeating: false, count: width)
    forEachDifference(scalings) { column, difference in
      sums[column] += difference
      squares[column] += difference * difference
      let value = scalings[column].first + difference
      largest[column] = max(largest[column], abs(value))
      if Double(Float(value)) != value { isRounded[column] = true }
    }
    var lost: [String] = []
    for column in 0..<width where isRounded[column] {
      let mean = sums[column] / Double(rows.count)
      let deviation = max(0, squares[column] / Double(rows.count) - mean * mean).squareRoot()
      let step = Double(Float(largest[column]).ulp)
      guard deviation > 0, deviation < 4 * step else { continue }
      lost.append("\(name(column)) (deviation \(Float(deviation)), steps of \(Float(step)))")
    }
    guard !lost.isEmpty else { return }
    notes.append(
      "data: features whose variation is lost in float32; data.standardise: true subtracts the mean before: "
        + list(lost))
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
  private func firstValues() -> [Scaling] {
    let (values, remainders) = piece(rows[0]..<rows[0] + 1)
    return values.indices.map { Scaling(first: values[$0], firstRemainder: remainders?[$0] ?? 0) }
  }

  /// Hands out every value, with its feature, less the first row's.
  private func forEachDifference(_ scalings: [Scaling], _ body: (Int, Double) -> Void) {
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

  /// By how much of its size a number is rounded in the source.
  private var relativeStep: Double {
    guard case .array(let array) = numbers else { return 0x1p-53 }
    return switch array.element {
    case .float16: 0x1p-11
    case .float32: 0x1p-24
    case .float64: 0x1p-53
    default: 0
    }
  }

  private func name(_ column: Int) -> String { columns.map { "column \($0[column])" } ?? "column \(column)" }

  private func list(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? " and \(names.count - 20) more" : "")
  }
}
