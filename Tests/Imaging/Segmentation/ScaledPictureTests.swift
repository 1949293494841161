import Testing

@testable import Imaging

/// Pictures and maps at other sizes.
@Suite struct ScaledPictureTests {
  private func picture(_ height: Int, _ width: Int) -> Picture {
    var pixels: [UInt8] = []
    for row in 0..<height {
      for column in 0..<width { pixels += [UInt8((row * 31 + column * 17) % 256), UInt8((row * column) % 256)] }
    }
    let plane = (0..<height * width).map { UInt8($0 % 7) }
    return Picture(name: "a", height: height, width: width, channels: 2, pixels: pixels, plane: plane)
  }

  @Test func halfIsTheMeanOfFourPixels() throws {
    let whole = picture(6, 10)
    let half = try whole.scaled(by: 0.5)
    #expect(half.height == 3 && half.width == 5 && half.channels == 2)
    for row in 0..<3 {
      for column in 0..<5 {
        for channel in 0..<2 {
          let four = [(0, 0), (0, 1), (1, 0), (1, 1)].map { down, right in
            Double(whole.pixels[((2 * row + down) * 10 + 2 * column + right) * 2 + channel])
          }
          let found = Double(half.pixels[(row * 5 + column) * 2 + channel])
          #expect(abs(found - four.reduce(0, +) / 4) <= 0.5)
        }
      }
    }
    let plane = try #require(half.plane)
    for place in 0..<15 {
      let (row, column) = (2 * (place / 5) + 1, 2 * (place % 5) + 1)
      #expect(Int(plane[place]) == (row * 10 + column) % 7)
    }
  }

  @Test func sidesAreRounded() throws {
    let third = try picture(48, 64).scaled(by: 0.33)
    #expect(third.height == 16 && third.width == 21 && third.plane?.count == 16 * 21)
    #expect(try picture(1, 1).scaled(by: 0.01).pixels.count == 2)
    #expect(try picture(3, 5).scaled(by: 1).pixels == picture(3, 5).pixels)
  }

  /// Rows that come one by one, or several at a time, are those of the whole map.
  @Test(arguments: [(7, 5), (20, 13), (3, 40), (1, 1)], [1, 2, 3, 100])
  func rowsThatComeInPartsAreThoseOfTheWhole(new: (Int, Int), atOnce: Int) {
    let (height, width) = (9, 11)
    let map = (0..<height * width).map { UInt8($0) }
    var sizing = RowSizing(from: (height, width), to: (new.0, new.1))
    var found: [UInt8] = []
    for start in stride(from: 0, to: height, by: atOnce) {
      found += sizing(Array(map[(start * width)..<(min(height, start + atOnce) * width)]))
    }
    #expect(found == Picture.nearest(map, height: height, width: width, newHeight: new.0, newWidth: new.1))
  }
}
