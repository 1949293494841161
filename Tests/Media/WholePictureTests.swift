import Foundation
import Testing

@testable import Media

/// Pictures through the libraries of their formats: TIFFs that tifffile and Pillow wrote, by `Fixtures/whole/make.py`.
@Suite struct WholePictureTests {
  private let width = 53, height = 37

  private func decode(
    _ name: String, _ color: ColorModel? = nil, keepsPalette: Bool = false, below limit: Int = 0,
    _ orientation: OrientationPolicy = .follow
  ) throws(MediaError) -> DecodedImage {
    guard let bytes = try? fixture("whole/\(name)") else { throw MediaError(name: name, message: "no fixture") }
    return try ImageDecoder.decodeWhole(
      bytes, name: name, color: color, keepsPalette: keepsPalette, maximumPixels: 1 << 20, orientation: orientation,
      ffmpegBelow: limit)
  }

  /// What the script writes.
  private func level(_ row: Int, _ column: Int, _ channel: Int) -> UInt8 {
    UInt8((row * 5 + column * 3 + channel * 40) % 256)
  }

  private func pixels(channels: Int) -> [UInt8] {
    (0..<height).flatMap { row in
      (0..<width).flatMap { column in (0..<channels).map { level(row, column, $0) } }
    }
  }

  @Test(arguments: ["four", "apart", "tiled", "tiled-apart"])
  func everyChannelIsKept(name: String) throws {
    let image = try decode("\(name).tif")
    #expect(image.width == width && image.height == height && image.channels == 4)
    #expect(image.pixels == pixels(channels: 4))
    #expect(try decode("\(name).tif", .rgb).pixels == pixels(channels: 3))
  }

  @Test(arguments: ["grey", "inverse", "pages"])
  func greyIsItsLevels(name: String) throws {
    let image = try decode("\(name).tif")
    #expect(image.channels == 1 && image.pixels == pixels(channels: 1))
    #expect(try decode("\(name).tif", .rgb).pixels == pixels(channels: 1).flatMap { [$0, $0, $0] })
  }

  @Test func largeFilesAndOtherOrdersOfBytesAreRead() throws {
    #expect(try decode("big.tif").pixels == pixels(channels: 3))
    let grey = try decode("big.tif", .grey).pixels
    for (place, value) in grey.enumerated() {
      let (row, column) = (place / width, place % width)
      let exact =
        0.299 * Double(level(row, column, 0)) + 0.587 * Double(level(row, column, 1))
        + 0.114 * Double(level(row, column, 2))
      #expect(abs(Double(value) - exact) <= 0.501)
    }
  }

  @Test func aPaletteIsColoursOrNumbers() throws {
    let numbers = try decode("palette.tif", keepsPalette: true)
    #expect(numbers.channels == 1 && numbers.pixels == pixels(channels: 1).map { $0 / 32 })
    let colours = try decode("palette.tif")
    #expect(colours.channels == 3)
    #expect(colours.pixels == numbers.pixels.flatMap { [UInt8(Int($0) * 30 % 256), $0, 255 - $0] })
  }

  @Test func packedSamplesAreDecoded() throws {
    let bits = try decode("bits.tif", .grey)
    #expect(bits.pixels == pixels(channels: 1).map { $0 > 127 ? 255 : 0 })
    // JPEG in TIFF, its colours at half the size.
    let packed = try decode("packed.tif")
    #expect(packed.channels == 3)
    for (place, value) in packed.pixels.enumerated() {
      let (row, column) = (place / 3 / width, place / 3 % width)
      let exact = [column * 2, row * 3, column + row][place % 3]
      #expect(abs(Int(value) - exact) <= 6)
    }
  }

  @Test func aTurnedPictureIsTurnedUnlessItIsLeft() throws {
    let image = try decode("turned.tif")
    #expect(image.width == height && image.height == width)
    // A quarter turn to the right: the first row that is seen is the first column from the bottom up.
    #expect(image.pixels[0..<3] == [0, 1, 2].map { level(height - 1, 0, $0) }[0..<3])
    #expect(try decode("turned.tif", nil, .ignore).pixels == pixels(channels: 3))
  }

  @Test(arguments: ["smooth.png", "clear.png", "smooth.jpg"], ColorModel.allCases)
  func otherPicturesAreAsByFFmpeg(name: String, color: ColorModel) throws {
    let own = try decode(name, color)
    let other = try ImageDecoder.decode(fixture("whole/\(name)"), name: name, color: color)
    #expect(own.width == other.width && own.height == other.height && own.channels == other.channels)
    #expect(zip(own.pixels, other.pixels).allSatisfy { abs(Int($0) - Int($1)) <= (name.hasSuffix("jpg") ? 4 : 1) })
    #expect(try decode(name, color, below: .max) == other)
  }

  @Test func whatIsWrongIsSaid() throws {
    #expect(throws: MediaError(name: "deep.tif", message: "found a TIFF of 16 bits a sample; expected at most 8")) {
      try decode("deep.tif")
    }
    for name in ["short.tif", "cut.tif"] {
      #expect {
        try decode(name)
      } throws: { "\($0)".contains("the data are damaged or cut short") }
    }
    #expect(throws: MediaError(name: "four.tif", message: "found 53 x 37 pixels; allowed are 100")) {
      try ImageDecoder.decodeWhole(fixture("whole/four.tif"), name: "four.tif", color: nil, maximumPixels: 100)
    }
  }

  @Test func damagedFilesEndInAnErrorOrAPicture() throws {
    var numbers = SystemRandomNumberGenerator()
    for name in ["tiled.tif", "apart.tif", "palette.tif", "packed.tif", "smooth.png", "smooth.jpg"] {
      let whole = try fixture("whole/\(name)")
      for _ in 0..<200 {
        var damaged = whole
        for _ in 0..<3 {
          damaged[.random(in: 2..<damaged.count, using: &numbers)] = .random(in: 0...255, using: &numbers)
        }
        _ = try? ImageDecoder.decodeWhole(
          damaged, name: name, color: nil, maximumPixels: 1 << 22, ffmpegBelow: 0)
      }
    }
  }
}
