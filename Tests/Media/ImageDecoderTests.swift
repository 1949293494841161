import Foundation
import Testing

@testable import Media

func fixture(_ name: String) throws -> [UInt8] {
  let url = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
  return [UInt8](try Data(contentsOf: url.appending(path: name)))
}

/// Pixels as Pillow reads them are the measure.
@Suite struct ImageDecoderTests {
  private let width = 13
  private let height = 9

  private func expected(_ name: String) throws -> [Int] {
    let all = try JSONDecoder().decode([String: [Int]].self, from: Data(fixture("pixels.json")))
    return try #require(all[name])
  }

  @Test(arguments: [
    "rgb.png", "grey.png", "palette.png", "alpha.png", "rgb.bmp", "lossless.webp", "first.gif",
  ])
  func losslessPicturesAreReadPixelForPixel(name: String) throws {
    let image = try ImageDecoder.decode(fixture(name), name: name, color: .rgb)
    #expect(image.width == width && image.height == height && image.channels == 3)
    #expect(try image.pixels.map(Int.init) == expected(name))
  }

  @Test func sixteenBitsAreReadToWithinOneLevel() throws {
    let image = try ImageDecoder.decode(fixture("wide.png"), name: "wide.png", color: .rgb)
    #expect(zip(image.pixels, try expected("wide.png")).allSatisfy { abs(Int($0) - $1) <= 1 })
  }

  @Test func aJPEGIsWithinTwoLevels() throws {
    let image = try ImageDecoder.decode(fixture("smooth.jpg"), name: "smooth.jpg", color: .rgb)
    #expect(zip(image.pixels, try expected("smooth.jpg")).allSatisfy { abs(Int($0) - $1) <= 2 })
  }

  /// The first three of four colours may be written as YCbCr.
  @Test(arguments: ["cmyk.jpg", "ycck.jpg"]) func fourColorsAreConverted(name: String) throws {
    let image = try ImageDecoder.decode(fixture(name), name: name, color: .rgb)
    let expected = try expected(name)
    #expect(image.pixels.count == expected.count)
    #expect(zip(image.pixels, expected).map { abs(Int($0) - $1) }.max() ?? 255 <= 4)
  }

  /// FFmpeg takes black for opacity in these.
  @Test(arguments: ["unmarked.jpg", "unsaid.jpg"]) func fourUnknownColorsAreRefused(name: String) throws {
    let error = #expect(throws: MediaError.self) { try ImageDecoder.decode(fixture(name), name: name, color: .rgb) }
    #expect(error?.message.contains("Adobe") == true)
  }

  @Test func greyIsTheBrightness() throws {
    let grey = try ImageDecoder.decode(fixture("grey.png"), name: "grey.png", color: .grey)
    let colored = try expected("grey.png")
    #expect(
      grey.channels == 1
        && grey.pixels.map(Int.init) == stride(from: 0, to: colored.count, by: 3).map { colored[$0] })
    let mixed = try ImageDecoder.decode(fixture("rgb.png"), name: "rgb.png", color: .grey).pixels
    let values = try expected("rgb.png")
    for (place, value) in mixed.enumerated() {
      let rgb = values[(3 * place)..<(3 * place + 3)].map(Double.init)
      #expect(abs(Double(value) - (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2])) <= 2)
    }
  }

  @Test func aPictureIsResized() throws {
    let image = try ImageDecoder.decode(fixture("smooth.jpg"), name: "s", color: .rgb, size: (26, 18))
    #expect(image.width == 26 && image.height == 18 && image.pixels.count == 26 * 18 * 3)
    // Row 9, column 13 lies in the middle: about 104, 110, 102.
    let middle = image.pixels[((9 * 26 + 13) * 3)..<((9 * 26 + 13) * 3 + 3)].map(Int.init)
    #expect(abs(middle[0] - 103) < 8 && abs(middle[1] - 109) < 8 && abs(middle[2] - 101) < 8)
  }

  /// The middle square of the picture, which is 13 x 9 pixels.
  @Test func aSquareIsTheMiddle() throws {
    let square = try ImageDecoder.decode(fixture("rgb.png"), name: "r", color: .rgb, square: 9)
    let whole = try expected("rgb.png")
    var middle: [Int] = []
    for row in 0..<9 {
      let start = (row * width + 2) * 3
      middle += whole[start..<(start + 27)]
    }
    #expect(square.width == 9 && square.height == 9)
    #expect(square.pixels.map(Int.init) == middle)
  }

  @Test(arguments: [1, 8, 30, 500])
  func aSquareHasTheSideAskedFor(side: Int) throws {
    for color in ColorModel.allCases {
      let square = try ImageDecoder.decode(fixture("smooth.jpg"), name: "s", color: color, square: side)
      #expect(square.width == side && square.height == side)
      #expect(square.pixels.count == side * side * color.channels)
    }
  }

  @Test func whatIsNoPictureIsRefusedByName() throws {
    for bytes in [[], Array("no picture at all, but text".utf8), try fixture("mono.wav"), try fixture("make.py")] {
      let error = #expect(throws: MediaError.self) { try ImageDecoder.decode(bytes, name: "a/b.png", color: .rgb) }
      #expect(error?.description.hasPrefix("a/b.png: ") == true)
    }
  }

  @Test(arguments: ["rgb.png", "smooth.jpg", "lossless.webp", "rgb.bmp", "first.gif"])
  func aTruncatedPictureIsRefused(name: String) throws {
    let bytes = try fixture(name)
    #expect(throws: MediaError.self) {
      try ImageDecoder.decode(Array(bytes.prefix(bytes.count / 2)), name: name, color: .rgb)
    }
  }

  /// What lacks no more than its end, without which all pixels are there, may be read.
  @Test(arguments: [
    "rgb.png", "smooth.jpg", "cmyk.jpg", "lossless.webp", "rgb.bmp", "first.gif", "moving/scans.jpg",
    "moving/thumbnail.jpg", "moving/part.webp", "moving/lossy.webp", "turned/6.jpg", "turned/6.webp",
  ])
  func aPictureCutAnywhereIsRefusedUnlessAllOfItIsThere(name: String) throws {
    let bytes = try fixture(name)
    let whole = try ImageDecoder.decode(bytes, name: name, color: .rgb)
    for count in bytes.indices {
      let image = try? ImageDecoder.decode(Array(bytes.prefix(count)), name: name, color: .rgb)
      #expect(image == nil || image == whole && count > bytes.count - 13, "\(count)")
    }
  }

  /// A header that claims 60000 x 60000 pixels must not make anyone set 10 GB aside. FFmpeg itself allows 16000 x 16000.
  @Test(arguments: [16000, 60000]) func enormousDimensionsAreRefused(side: Int) throws {
    var bytes = try fixture("rgb.bmp")
    for offset in [18, 22] {
      for byte in 0..<4 { bytes[offset + byte] = UInt8(side >> (8 * byte) & 255) }
    }
    #expect(throws: MediaError.self) { try ImageDecoder.decode(bytes, name: "huge.bmp", color: .rgb) }
    #expect(throws: MediaError.self) {
      try ImageDecoder.decode(fixture("rgb.png"), name: "small.png", color: .rgb, maximumPixels: 100)
    }
  }

  /// Damage may be noticed or not; what comes out is a picture, or an error that names it.
  @Test(arguments: ["rgb.png", "smooth.jpg", "lossless.webp", "rgb.bmp", "first.gif", "palette.png"])
  func damageGivesAPictureOrAnError(name: String) throws {
    let good = try fixture(name)
    for place in good.indices {
      for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var bad = good
        bad[place] = value
        expectPictureOrError(bad, name: name)
      }
    }
  }

  /// A checksum covers every part of a PNG but its first bytes, and those say what it is.
  @Test func everyDamageOfAPNGIsNoticed() throws {
    let good = try fixture("rgb.png")
    let expected = try ImageDecoder.decode(good, name: "r", color: .rgb)
    for place in good.indices {
      var bad = good
      bad[place] ^= 0x10
      // The decoder needs no end once it has all rows.
      let isEnd = place >= good.count - 12
      let image = try? ImageDecoder.decode(bad, name: "r", color: .rgb)
      #expect(image == nil || isEnd && image == expected, "\(place)")
    }
  }
}
