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

  /// Damage may be noticed or not; what comes out is a picture of the size asked for, or an error that names it.
  @Test(arguments: ["rgb.png", "smooth.jpg", "lossless.webp", "rgb.bmp", "first.gif", "palette.png"])
  func flippedBytesNeverCrash(name: String) throws {
    let good = try fixture(name)
    var state: UInt64 = 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for place in 0..<300 {
      var bad = good
      for _ in 0...(place % 4) { bad[next(bad.count)] = UInt8(next(256)) }
      do {
        let image = try ImageDecoder.decode(bad, name: name, color: .rgb, size: (8, 8), maximumPixels: 1 << 16)
        #expect(image.width == 8 && image.height == 8 && image.pixels.count == 192, "\(place)")
      } catch {
        #expect("\(error)".hasPrefix("\(name): ") && !"\(error)".contains("\n"), "\(place): \(error)")
      }
    }
  }
}
