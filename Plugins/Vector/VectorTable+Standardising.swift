import Archive
import Foundation
import IICCore

extension VectorTable {
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
}
