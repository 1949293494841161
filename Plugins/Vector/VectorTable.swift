import Archive
import Foundation
import IICCore

/// Vectors in memory, row by row, before they go to the sample cache.
struct VectorTable {
  /// D, the features of a vector.
  let width: Int
  /// The features, `[n, D]` in row-major order.
  private(set) var values: [Float]
  /// A name for each vector.
  let ids: [String]
  /// The class of each vector, -1 where it is unknown, or nil if all are.
  private(set) var labels: [Int]?

  /// Takes vectors that were read from a table.
  init(width: Int, values: [Float], ids: [String], labels: [Int]?) {
    self.width = width
    self.values = values
    self.ids = ids
    self.labels = labels
  }

  /// Takes an array `[n, D]`; items are named by their rows, counted from 0. Throws what is wrong as `error` has it.
  init(_ array: NPYArray, error: (String) -> ArchiveError) throws {
    guard array.shape.count == 2, array.shape[0] > 0, array.shape[1] > 0 else {
      throw error("found an array of shape \(array.shape); expected vectors [n, D]")
    }
    width = array.shape[1]
    values = array.floats()
    ids = (0..<array.shape[0]).map { "\($0)" }
    if let place = values.firstIndex(where: { !$0.isFinite }) {
      throw error(
        "row \(place / width), column \(place % width): found \(values[place]); expected a finite number "
          + "(rows and columns counted from 0)")
    }
  }

  /// Takes the classes from an array `[n]` of whole numbers, -1 for unknown.
  mutating func setLabels(_ array: NPYArray, error: (String) -> ArchiveError) throws {
    guard array.shape == [ids.count] else {
      throw error("found an array of shape \(array.shape); expected [\(ids.count)], one label for each vector")
    }
    let classes = array.integers() ?? array.floats().map { Int(exactly: $0) ?? -2 }
    if let row = classes.firstIndex(where: { $0 < -1 }) {
      throw error("row \(row): found \(array.floats()[row]); expected a whole number from 0, or -1 for unknown")
    }
    labels = classes
  }

  /// What the cache keeps beside the samples.
  var description: SampleDescription {
    SampleDescription(shape: [width], element: .float32, ids: ids, labels: labels)
  }

  /// Moves and scales each feature to mean 0 and deviation 1 over the data; a constant feature becomes 0.
  mutating func standardise() {
    let count = ids.count
    var sums = [Double](repeating: 0, count: width)
    for row in 0..<count {
      for column in 0..<width { sums[column] += Double(values[row * width + column]) }
    }
    let means = sums.map { $0 / Double(count) }
    var squares = [Double](repeating: 0, count: width)
    for row in 0..<count {
      for column in 0..<width {
        let difference = Double(values[row * width + column]) - means[column]
        squares[column] += difference * difference
      }
    }
    let scales = zip(squares, means).map { square, mean in
      let deviation = (square / Double(count)).squareRoot()
      // A deviation of the size of float32's rounding is no variation of the data's.
      return deviation > abs(mean) * 1e-7 ? 1 / deviation : 0
    }
    for row in 0..<count {
      for column in 0..<width {
        let place = row * width + column
        values[place] = Float((Double(values[place]) - means[column]) * scales[column])
      }
    }
  }

  /// Scales each vector to length 1; a vector of zeros stays.
  mutating func normalise() {
    for start in stride(from: 0, to: values.count, by: width) {
      var square = 0.0
      for place in start..<(start + width) { square += Double(values[place]) * Double(values[place]) }
      guard square > 0 else { continue }
      let scale = 1 / square.squareRoot()
      for place in start..<(start + width) { values[place] = Float(Double(values[place]) * scale) }
    }
  }

  /// Writes the samples in this machine's byte order.
  func write(to writer: inout SampleWriter) throws {
    let rows = max(1, (1 << 22) / width)
    for start in stride(from: 0, to: ids.count, by: rows) {
      let end = min(start + rows, ids.count)
      try values[(start * width)..<(end * width)].withUnsafeBytes { try writer.append(Data($0)) }
    }
  }
}
