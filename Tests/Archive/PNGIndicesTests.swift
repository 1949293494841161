import Foundation
import Testing

@testable import Archive

/// PNGs that Pillow wrote, of every depth, by `Fixtures/indices/make.py`.
@Suite struct PNGIndicesTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return [UInt8](try Data(contentsOf: folder.appending(path: "indices/\(name).png")))
  }

  private func problem(_ message: String) -> ArchiveError {
    ArchiveError(path: "maps", entry: "a.png", message: message)
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func numbersAreThoseThatWereWritten(bits: Int) throws {
    let picture = try PNGIndices(bytes("\(bits)"), problem: problem)
    #expect(picture.width == 23 && picture.height == 17)
    for y in 0..<17 {
      for x in 0..<23 {
        let expected: Int = (7 * x + 13 * y + x * y) % (1 << bits)
        #expect(Int(picture.values[y * 23 + x]) == expected)
      }
    }
  }

  @Test func greyIsItsLevels() throws {
    let values = try PNGIndices(bytes("grey"), problem: problem).values
    for place in values.indices {
      let expected: Int = (7 * (place % 23) + 13 * (place / 23)) % 256
      #expect(Int(values[place]) == expected)
    }
  }

  @Test func whatIsNoPictureOfIndicesIsSaid() throws {
    #expect(throws: problem("found a PNG of colours; expected one number a pixel: a palette, or grey")) {
      try PNGIndices(bytes("colours"), problem: problem)
    }
    #expect(throws: problem("found no PNG picture")) { try PNGIndices([1, 2, 3], problem: problem) }
    let whole = try bytes("8")
    for length in stride(from: 33, to: whole.count - 12, by: 7) {
      #expect(throws: ArchiveError.self) { try PNGIndices(Array(whole[..<length]), problem: problem) }
    }
    // Whatever a file holds, there is an error and no crash.
    for place in whole.indices {
      var damaged = whole
      damaged[place] ^= 0x55
      _ = try? PNGIndices(damaged, maximumPixels: 1 << 16, problem: problem)
    }
  }
}
