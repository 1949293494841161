import Foundation
import Testing

@testable import Media

/// `Fixtures/turned/make.py` says what the pictures and films are; Pillow and FFmpeg's program are the measure.
@Suite struct OrientationTests {
  private struct Seen: Decodable {
    let width, height: Int
    let pixels: [Int]
  }

  private let seen: [String: Seen]

  init() throws { seen = try JSONDecoder().decode([String: Seen].self, from: Data(fixture("turned/seen.json"))) }

  private func image(_ name: String, _ orientation: OrientationPolicy = .follow) throws -> DecodedImage {
    try ImageDecoder.decode(fixture("turned/\(name)"), name: name, color: .rgb, orientation: orientation)
  }

  @Test(arguments: 1...8, ["png", "webp"]) func aPictureIsSeenAsPillowTurnsIt(number: Int, kind: String) throws {
    let name = "\(number).\(kind)"
    let (image, expected) = (try image(name), try #require(seen[name]))
    #expect(image.width == expected.width && image.height == expected.height)
    #expect(image.pixels.map(Int.init) == expected.pixels)
    // It is stored in the same way whatever it says.
    #expect(try self.image(name, .ignore) == self.image("1.png"))
  }

  @Test(arguments: 1...8) func aJPEGIsSeenAsPillowTurnsIt(number: Int) throws {
    let (image, expected) = (try image("\(number).jpg"), try #require(seen["\(number).jpg"]))
    #expect(image.width == expected.width && image.height == expected.height)
    var middles: [Int] = []
    for row in stride(from: 4, to: image.height, by: 8) {
      for column in stride(from: 4, to: image.width, by: 8) {
        let place = (row * image.width + column) * 3
        middles += image.pixels[place..<(place + 3)].map(Int.init)
      }
    }
    #expect(middles.count == expected.pixels.count)
    #expect(zip(middles, expected.pixels).allSatisfy { abs($0 - $1) <= 2 })
    #expect(try self.image("\(number).jpg", .ignore) == self.image("1.jpg"))
  }

  /// Sizes are those of what is seen: 4 x 6 pixels, of which the middle square is rows 1 to 4.
  @Test func aTurnedPictureIsResizedAndCutAsItIsSeen() throws {
    let whole = try image("6.png")
    let bytes = try fixture("turned/6.png")
    let square = try ImageDecoder.decode(bytes, name: "6.png", color: .rgb, square: 4)
    #expect(square.pixels == Array(whole.pixels[12..<60]))
    var asked: (width: Int, height: Int)?
    let wide = try ImageDecoder.decode(bytes, name: "6.png", color: .rgb) { size in
      asked = size
      return (8, 6)
    }
    #expect(asked?.width == 4 && asked?.height == 6 && wide.width == 8 && wide.height == 6)
    #expect(wide.pixels.count == 8 * 6 * 3)
  }

  private func film(_ name: String, _ orientation: OrientationPolicy = .follow) throws -> [VideoReader.Frame] {
    let reader = try VideoReader(fixture("turned/\(name)"), name: name, orientation: orientation)
    var frames: [VideoReader.Frame] = []
    while try reader.advance() {
      frames.append(try reader.frame(width: reader.size.width, height: reader.size.height, color: .rgb))
    }
    return frames
  }

  @Test(arguments: ["1", "2", "3", "4", "5", "6", "7", "8", "angle"])
  func aFilmIsSeenAsFFmpegTurnsIt(name: String) throws {
    let (frames, expected) = (try film("\(name).mov"), try #require(seen["\(name).mov"]))
    #expect(frames.count == 2 && frames.first?.pixels.map(Int.init) == expected.pixels)
    // The second frame has all colours inverted.
    #expect(frames.last?.pixels.map { 255 - Int($0) } == expected.pixels)
    let reader = try VideoReader(fixture("turned/\(name).mov"), name: name)
    #expect(try reader.advance() && reader.size == (expected.width, expected.height))
    #expect(try film("\(name).mov", .ignore).map(\.pixels) == film("1.mov").map(\.pixels))
  }

  /// Sixteen bits are one: 30 and 60 degrees, a quarter that is three times as large, nothing, and the least number.
  @Test func matricesAreTakenForTheNearestQuarter() {
    #expect(Orientation(matrix: [56756, 32768, 0, -32768, 56756, 0, 0, 0, 1 << 30]) == .upright)
    #expect(Orientation(matrix: [32768, 56756, 0, -56756, 32768, 0, 0, 0, 1 << 30]) == Orientation(exif: 6))
    #expect(Orientation(matrix: [0, -196608, 0, 196608, 0, 0, 0, 0, 1 << 30]) == Orientation(exif: 8))
    #expect(Orientation(matrix: [Int32](repeating: 0, count: 9)) == .upright)
    #expect(Orientation(matrix: [Int32](repeating: .min, count: 9)) == Orientation(exif: 3))
    #expect(Orientation(matrix: [1, 2]) == .upright)
  }

  /// An Exif block of one entry.
  private func block(
    isLittle: Bool = true, directory: Int = 8, entries: Int = 1, tag: Int = 0x0112, type: Int = 3, value: Int = 6
  ) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      let digits = (0..<count).map { UInt8(value >> (8 * $0) & 255) }
      return isLittle ? digits : digits.reversed()
    }
    let stored = type == 3 ? number(value, 2) + [0, 0] : number(value, 4)
    return Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(directory, 4) + number(entries, 2)
      + number(tag, 2) + number(type, 2) + number(1, 4) + stored + number(0, 4)
  }

  @Test func anExifBlockIsReadInBothOrders() {
    for value in 1...8 {
      for isLittle in [true, false] {
        for type in [3, 4] {
          let found = Orientation(exif: block(isLittle: isLittle, type: type, value: value)[...])
          #expect(found == Orientation(exif: value))
        }
      }
    }
    #expect(Set((1...8).map { Orientation(exif: $0) }).count == 8)
  }

  @Test func whatADamagedExifBlockSaysIsNotFollowed() {
    let whole = block()
    var bad = [
      block(directory: 0xFFFF_FFFF), block(directory: 0xFFFF_FFF0), block(directory: 100), block(tag: 0x0113),
      block(value: 0), block(value: 9), block(type: 4, value: 0xFFFF_FFFF), block(entries: 0),
      Array("Exif".utf8), Array("II+".utf8) + whole.dropFirst(3),
    ]
    for count in 0..<20 { bad.append(Array(whole.prefix(count))) }
    for block in bad { #expect(Orientation(exif: block[...]) == .upright) }
    // It says more entries than there are.
    #expect(Orientation(exif: block(entries: 65535)[...]) == Orientation(exif: 6))
    #expect(Orientation(exif: block(entries: 65535, tag: 1)[...]) == .upright)
  }

  /// Every byte of a picture that says how it is turned is damaged in turn.
  @Test(arguments: ["6.jpg", "6.webp", "6.png"]) func damageGivesAPictureOrAnError(name: String) throws {
    let good = try fixture("turned/\(name)")
    for place in good.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var bad = good
        bad[place] = value
        expectPictureOrError(bad, name: name)
      }
    }
  }
}

/// Damage may be noticed or not; what comes out is a whole picture or an error with the picture's name.
func expectPictureOrError(_ bytes: [UInt8], name: String) {
  do {
    let image = try ImageDecoder.decode(bytes, name: name, color: .rgb, maximumPixels: 1 << 16)
    #expect(image.width > 0 && image.height > 0 && image.width * image.height <= 1 << 16)
    #expect(image.pixels.count == image.width * image.height * 3)
  } catch {
    #expect(error.name == name && !error.message.isEmpty)
  }
}
