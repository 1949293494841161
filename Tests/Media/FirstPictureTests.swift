import Foundation
import Testing

@testable import Media

/// Files with more than one picture, or with more behind it. `Fixtures/moving/make.py` says what they are; Pillow is the
/// measure.
@Suite struct FirstPictureTests {
  private let expected: [String: [Int]]

  init() throws {
    expected = try JSONDecoder().decode([String: [Int]].self, from: Data(fixture("moving/first.json")))
  }

  /// How far a picture is from Pillow's.
  private func difference(_ bytes: [UInt8], _ name: String) throws -> Int {
    let image = try ImageDecoder.decode(bytes, name: name, color: .rgb)
    let expected = try #require(expected[name])
    try #require(image.width == 13 && image.height == 9 && image.pixels.count == expected.count)
    return zip(image.pixels, expected).map { abs(Int($0) - $1) }.max() ?? 255
  }

  @Test(arguments: ["whole.png", "apart.png", "whole.webp", "part.webp", "whole.gif"])
  func anAnimationGivesItsFirstFrame(name: String) throws {
    #expect(try difference(fixture("moving/\(name)"), name) == 0)
  }

  @Test func aFrameWithLossesAndTransparencyIsClose() throws {
    let (name, bytes) = ("lossy.webp", try fixture("moving/lossy.webp"))
    #expect(try difference(bytes, name) <= 10)
    // The one transparent pixel: column 3, row 3.
    let image = try ImageDecoder.decode(bytes, name: name, color: .rgb)
    #expect(Array(image.pixels[126..<129]) == [0, 0, 0] && image.pixels[129] > 40)
  }

  @Test(arguments: ["twins.jpg", "film.jpg", "thumbnail.jpg", "trailing.jpg", "scans.jpg"])
  func aJPEGIsTheFirstPictureWhateverComesBehind(name: String) throws {
    #expect(try difference(fixture("moving/\(name)"), name) <= 2)
  }

  @Test(arguments: ["png", "webp", "bmp", "gif"]) func trailingBytesChangeNothing(kind: String) throws {
    let name = ["png": "rgb.png", "webp": "lossless.webp", "bmp": "rgb.bmp", "gif": "first.gif"][kind] ?? ""
    let bytes = try fixture(name)
    let more = try bytes + fixture("film.mp4")
    #expect(
      try ImageDecoder.decode(more, name: name, color: .rgb) == ImageDecoder.decode(bytes, name: name, color: .rgb))
  }

  /// Where the part ends: within the first picture, or for WebP, which says how long it is, anywhere.
  @Test(arguments: [
    ("whole.png", 0.4), ("whole.webp", 0.4), ("whole.webp", 0.99), ("part.webp", 0.4), ("whole.gif", 0.3),
    ("twins.jpg", 0.4), ("film.jpg", 0.2), ("scans.jpg", 0.6), ("scans.jpg", 0.9), ("scans.jpg", 0.997),
  ])
  func aFileCutShortIsAnError(name: String, part: Double) throws {
    let bytes = try fixture("moving/\(name)")
    let cut = Array(bytes.prefix(Int(part * Double(bytes.count))))
    let error = #expect(throws: MediaError.self) { try ImageDecoder.decode(cut, name: name, color: .rgb) }
    #expect(error?.message.contains("damaged or cut short") == true)
  }

  /// What of the picture's frame lies outside would be written beside it.
  @Test func aFrameBeyondThePictureIsAnError() throws {
    let bytes = try fixture("moving/part.webp")
    let frame = try #require((0..<(bytes.count - 4)).first { Array(bytes[$0..<($0 + 4)]) == Array("ANMF".utf8) })
    // Half the column, half the row, three bytes each.
    for (place, value) in [(8, 4), (8, 255), (10, 255), (11, 3), (13, 255)] as [(Int, UInt8)] {
      var bad = bytes
      bad[frame + place] = value
      let error = #expect(throws: MediaError.self) { try ImageDecoder.decode(bad, name: "part.webp", color: .rgb) }
      #expect(error?.message.contains("lies beyond the picture") == true)
    }
    // A picture of 16777216 x 9 is too large; nothing is set aside for it.
    var huge = bytes
    huge.replaceSubrange(24..<27, with: [255, 255, 255])
    let error = #expect(throws: MediaError.self) { try ImageDecoder.decode(huge, name: "part.webp", color: .rgb) }
    #expect(error?.message.contains("found 16777216 x 9 pixels") == true)
  }

  @Test(arguments: ["whole.png", "whole.webp", "part.webp", "lossy.webp", "twins.jpg", "scans.jpg"])
  func damageGivesAPictureOrAnError(name: String) throws {
    let good = try fixture("moving/\(name)")
    for place in good.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var bad = good
        bad[place] = value
        expectPictureOrError(bad, name: name)
      }
    }
  }

  /// Pictures of other kinds are named by their first bytes, whatever they are called.
  @Test(arguments: [
    ("II*\0\u{8}\0\0\0", "a TIFF"), ("\0\0\0\u{18}ftypheic\0\0\0\0mif1heic", "a HEIF picture"),
    ("\0\0\0\u{18}ftypmif1\0\0\0\0", "a HEIF picture"), ("\0\0\0\u{1C}ftypavif\0\0\0\0", "an AVIF picture"),
    ("\0\0\0\u{C}JXL \r\n", "a JPEG XL picture"), ("8BPS\0\u{1}", "a Photoshop picture"),
  ])
  func aPictureOfAnotherKindIsNamed(start: String, kind: String) {
    let bytes = Array(start.utf8) + [UInt8](repeating: 0, count: 64)
    let error = #expect(throws: MediaError.self) { try ImageDecoder.decode(bytes, name: "a.jpg", color: .rgb) }
    #expect(error?.message.hasPrefix("found \(kind)") == true)
    #expect(error?.message.hasSuffix("; expected PNG, JPEG, WebP, BMP or GIF") == true)
  }
}
