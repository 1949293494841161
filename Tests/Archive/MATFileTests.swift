import Foundation
import Testing

@testable import Archive

/// MAT files that SciPy wrote, by `Fixtures/mat/make.py`.
@Suite struct MATFileTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return [UInt8](try Data(contentsOf: folder.appending(path: "mat/\(name).mat")))
  }

  private func array(_ name: String, _ variable: String, limit: Int = 1 << 20) throws -> NPYArray {
    try NPYArray(matlab: bytes(name), variable: variable, path: "imgs", entry: "a.mat", limit: limit)
  }

  @Test(arguments: ["plain", "packed"])
  func variablesAreThoseThatWereWritten(name: String) throws {
    let picture = try array(name, "img")
    #expect(picture.shape == [4, 3, 2] && picture.element == .uint8)
    #expect(picture.bytes == (0..<24).map { UInt8(7 * $0 % 256) })
    let classes = try array(name, "gt")
    #expect(classes.shape == [4, 3])
    #expect(classes.integers() == (0..<12).map { 1000 * $0 - 5000 })
    #expect(try array(name, "wide").doubles(0..<3) == [0.25, -3, 1e10])
    #expect(try array(name, "other").floats() == [1.5, 2.5])
  }

  @Test(arguments: [
    (
      "packed", "gone",
      "found the variables \"other\", \"img\", \"gt\", \"wide\", \"text\", \"complex\"; expected one called \"gone\""
    ),
    ("packed", "text", "the variable \"text\" is no array of real numbers"),
    ("plain", "complex", "the variable \"complex\" is no array of real numbers"),
    ("short", "complex", "the data are damaged or cut short"),
    (
      "later", "img",
      "found a file of MATLAB 7.3, which is HDF5; expected one of level 5, as save(..., \"-v7\") writes"
    ),
  ])
  func whatIsWrongIsSaid(name: String, variable: String, message: String) throws {
    #expect(throws: ArchiveError(path: "imgs", entry: "a.mat", message: "MAT: \(message)")) {
      try array(name, variable)
    }
  }

  @Test func aVariableAboveTheLimitIsRefused() throws {
    #expect(
      throws: ArchiveError(
        path: "imgs", entry: "a.mat", message: "MAT: found a variable of more than 60 bytes; allowed are so many")
    ) { try array("packed", "img", limit: 60) }
  }

  @Test func damagedFilesEndInAnError() throws {
    let whole = try bytes("plain")
    for length in stride(from: 0, to: whole.count, by: 7) {
      _ = try? NPYArray(matlab: Array(whole[..<length]), variable: "none", path: "", entry: "", limit: 1 << 20)
    }
    var numbers = SystemRandomNumberGenerator()
    for _ in 0..<3000 {
      var damaged = whole
      for _ in 0..<3 {
        damaged[.random(in: 124..<damaged.count, using: &numbers)] = .random(in: 0...255, using: &numbers)
      }
      for variable in ["img", "gt", "complex"] {
        _ = try? NPYArray(matlab: damaged, variable: variable, path: "", entry: "", limit: 1 << 20)
      }
    }
  }
}
