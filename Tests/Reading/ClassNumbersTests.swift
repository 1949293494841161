import Archive
import Files
import Testing

@testable import Reading

@Suite struct ClassNumbersTests {
  private func classes(_ labels: [String]) throws -> ClassNumbers { try ClassNumbers(labels) }

  @Test func wholeNumbersAreTheClasses() throws {
    #expect(try classes(["7", "", "0", "7"]) == ClassNumbers(numbers: [7, -1, 0, 7], names: nil))
    #expect(try classes(["10", "1", "2"]) == ClassNumbers(numbers: [10, 1, 2], names: nil))
    // What a data frame makes of whole numbers of which some are missing.
    #expect(try classes(["1.0", "nan", "0.0", "NaN"]) == ClassNumbers(numbers: [1, -1, 0, -1], names: nil))
  }

  @Test func nothingAndMinusOneAreUnknown() throws {
    #expect(try classes(["-1", "2", " ", "-1.0"]) == ClassNumbers(numbers: [-1, 2, -1, -1], names: nil))
    #expect(try classes(["cat", "-1", ""]) == ClassNumbers(numbers: [0, -1, -1], names: ["cat"]))
    #expect(try classes([]) == ClassNumbers(numbers: [], names: nil))
    #expect(try classes(["", "-1"]).numbers == [-1, -1])
  }

  @Test func otherNegativeNumbersAreErrors() throws {
    let error = #expect(throws: UserError.self) { try ClassNumbers(["0", "-2"]) { "line \($0 + 2)" } }
    #expect(
      error?.problem == "line 3: found the label -2; expected a whole number from 0, or -1 for unknown, or names")
  }

  @Test func namesAreNumberedInOrder() throws {
    #expect(
      try classes(["cat", "ant", "", "cat"]) == ClassNumbers(numbers: [1, 0, -1, 1], names: ["ant", "cat"]))
    // By bytes, as most programs sort.
    #expect(try classes(["b", "a", "B", "é"]).names == ["B", "a", "b", "é"])
    #expect(try classes(["10", "b", "9", "1.5"]).names == ["1.5", "9", "10", "b"])
    // A text that a computer may take for a number.
    #expect(try classes(["infinity", "0x10", "nan"]).names == ["0x10", "infinity", "nan"])
    #expect(try classes(["123456789012345678901234567890", "5"]).names == ["5", "123456789012345678901234567890"])
  }

  /// An array of NumPy's of eight-byte elements.
  private func array(_ descr: String, _ values: [UInt64]) throws -> NPYArray {
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(values.count),), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let head: [UInt8] =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count % 256), UInt8(text.utf8.count / 256)]
    let bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    return try NPYArray(head + Array(text.utf8) + bytes, path: "y.npy", entry: "y.npy")
  }

  @Test func arraysAreReadInTheSameWay() throws {
    func numbers(_ array: NPYArray) throws -> [Int] {
      try ClassNumbers(array) { ArchiveError(path: "y.npy", message: $0) }.numbers
    }
    func message(_ array: NPYArray) -> String? {
      #expect(throws: ArchiveError.self) { try numbers(array) }?.message
    }
    func reals(_ values: [Double]) throws -> NPYArray { try array("<f8", values.map(\.bitPattern)) }
    let minusOne = UInt64(bitPattern: -1)
    #expect(try numbers(array("<i8", [4, minusOne, 0])) == [4, -1, 0])
    #expect(try numbers(reals([4, .nan, -1])) == [4, -1, -1])
    let allowed = "expected a whole number from 0, or -1 for unknown"
    #expect(try message(array("<i8", [0, minusOne - 1])) == "label 1, counted from 0: found -2; \(allowed)")
    #expect(try message(reals([2.5])) == "label 0, counted from 0: found 2.5; \(allowed)")
    #expect(try message(array("<u8", [UInt64.max]))?.hasPrefix("label 0, counted from 0: found 1.8446744") == true)
  }

  @Test func aLabelByItself() throws {
    func number(_ text: String) throws -> Int {
      try ClassNumbers.number(text) { ArchiveError(path: "", message: $0) }
    }
    #expect(try ["3", "", "-1", "2.0"].map(number) == [3, -1, -1, 2])
    for text in ["cat", "-2", "1 2", "nan"] { #expect(throws: ArchiveError.self) { try number(text) } }
  }
}
