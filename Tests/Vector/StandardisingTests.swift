import Foundation
import IICCore
import Testing

/// Features far from 0, whose variation float32 does not hold.
@Suite struct StandardisingTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  /// Writes an array of eight-byte numbers `[n, width]`.
  private func write(_ bits: [UInt64], type: String, width: Int, to name: String) throws {
    let shape = "(\(bits.count / width), \(width))"
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    text += String(repeating: " ", count: 127 - 10 - text.utf8.count) + "\n"
    let head: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0]
    let elements = bits.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    try Data(head + Array(text.utf8) + elements).write(to: folder.url.appending(path: name))
  }

  /// Small numbers, of which all others here are made by moving and scaling.
  private let small = [3.0, -1, 4, 1, -5, 9, 2, -6]

  /// numpy: (x - x.mean()) / x.std() of the small numbers.
  private var expected: [Float] {
    let mean = small.reduce(0, +) / 8
    let deviation = (small.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 8).squareRoot()
    return small.map { Float(($0 - mean) / deviation) }
  }

  private func expect(_ rows: [[Float]], _ column: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      zip(rows.map { $0[column] }, expected).allSatisfy { abs($0 - $1) < 1e-5 }, "\(rows)",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: [(1.7e9, 1.0), (1e15, 1), (1e9, 1e-2), (0, 1e-200), (0, 1e200), (-1.7e9, 100)])
  func offsetsAndScalesMakeNoDifference(_ offset: Double, _ scale: Double) throws {
    let values = small.map { offset + $0 * scale }
    try write(values.map(\.bitPattern), type: "<f8", width: 1, to: "x.npy")
    expect(try folder.rows(folder.dataset("source: x.npy")))
    try folder.write("x\n" + values.map { "\($0)\n" }.joined(), to: "t.csv")
    expect(try folder.rows(folder.dataset("source: t.csv, format: csv")))
  }

  /// Nanoseconds since 1970, of which float64 has no more than every 256th.
  @Test func wholeNumbersAreExact() throws {
    let values = small.map { 1_700_000_000_000_000_000 + Int($0) }
    for type in ["<i8", "<u8"] {
      try write(values.map(UInt64.init), type: type, width: 1, to: "x.npy")
      expect(try folder.rows(folder.dataset("source: x.npy")))
    }
    try folder.write("x\n" + values.map { "\($0)\n" }.joined(), to: "t.csv")
    expect(try folder.rows(folder.dataset("source: t.csv, format: csv")))
    // The full range of the type.
    try write([.max, .max - 1, .max - 2, .max - 1], type: "<u8", width: 1, to: "x.npy")
    let rows = try folder.rows(folder.dataset("source: x.npy")).map { $0[0] }
    #expect(rows == [Float(2).squareRoot(), 0, -Float(2).squareRoot(), 0])
  }

  @Test func onlyConstantFeaturesAreConstant() throws {
    let values = small.flatMap { (x) -> [Double] in [14.62, 1.7e9 + x, log(1e-5), 0] }
    try write(values.map(\.bitPattern), type: "<f8", width: 4, to: "x.npy")
    let dataset = try folder.dataset("source: x.npy")
    let rows = try folder.rows(dataset)
    expect(rows, 1)
    for row in rows { #expect(row[0] == 0 && row[2] == 0 && row[3] == 0) }
    #expect(dataset.description.notes.isEmpty)
    // What varies by rounding alone is made as large as the rest, and that is said.
    let rounded = [0.1 + 0.2, 0.3, 0.3, 0.3]
    try write(rounded.map(\.bitPattern), type: "<f8", width: 1, to: "x.npy")
    #expect(
      try folder.dataset("source: x.npy").description.notes == [
        "data: features that vary by no more than the rounding of their values, which is made as large as the others: "
          + "column 0"
      ])
  }

  @Test func lostVariationIsSaid() throws {
    let values = small.flatMap { (x) -> [Double] in [1.7e9 + x, x, 5e8 + x * 1e6, 1.7e9] }
    try write(values.map(\.bitPattern), type: "<f8", width: 4, to: "x.npy")
    let notes = try folder.dataset("source: x.npy, standardise: false").description.notes
    #expect(notes.count == 1)
    #expect(
      notes.first?.hasPrefix("data: features whose variation is lost in float32; data.standardise: true") == true)
    #expect(notes.first?.contains("column 0 (deviation ") == true && notes.first?.contains("steps of 128") == true)
    #expect(notes.first?.contains("column 1") == false && notes.first?.contains("column 2") == false)
    // float32 has these.
    try folder.write([1.7e9, 1.7e9 + 128], shape: [2, 1], to: "y.npy")
    #expect(try folder.dataset("source: y.npy, standardise: false").description.notes.isEmpty)
    try folder.write("t,b\n1700000000,1\n1700000040,2\n", to: "t.csv")
    let table = try folder.dataset("source: t.csv, format: csv, standardise: false").description.notes
    #expect(table.first?.contains("column \"t\" (deviation 20.0, steps of 128.0)") == true)
  }

  @Test func valuesThatFloat32CannotHoldAreErrors() throws {
    try write([1e50, 1].map(\.bitPattern), type: "<f8", width: 1, to: "x.npy")
    #expect(
      folder.message("source: x.npy, standardise: false")
        == "x.npy, entry \"x.npy\": row 0, counted from 0, column 0: found 1e+50, which float32 cannot hold")
    #expect(try folder.rows(folder.dataset("source: x.npy")) == [[1], [-1]])
    try write([1.7e308, -1.7e308].map(\.bitPattern), type: "<f8", width: 1, to: "x.npy")
    #expect(folder.message("source: x.npy")?.contains("column 0: the values are too far apart for float64") == true)
  }

  @Test func largeVectorsAreNormalised() throws {
    try write([3e200, 4e200, 3e-200, 4e-200].map(\.bitPattern), type: "<f8", width: 2, to: "x.npy")
    let rows = try folder.rows(folder.dataset("source: x.npy, standardise: false, normalise: true"))
    #expect(rows == [[0.6, 0.8], [0.6, 0.8]])
  }
}
