import IICCore
import Manifest
import Testing
import Torch

@testable import Imaging

/// Where views lie in their image. Pixels are numbered, row after row, so that a view tells its place.
@Suite struct CropTests {
  private func images(_ count: Int, width: Int, height: Int) throws -> Tensor {
    let total = Float(width * height)
    let pixels = try Tensor((0..<(width * height)).map { Float($0) / total }, shape: [1, 1, height, width])
    return try pixels.repeated([count, 1, 1, 1])
  }

  /// The first row and column of each view, whose pixels must be the image's own.
  private func places(
    _ augmentation: Augmentation, _ count: Int, size: Int, width: Int, height: Int
  ) throws -> [(row: Int, column: Int)] {
    let views = try augmentation(
      images(count, width: width, height: height), size: size, generator: RandomGenerator(seed: 1)
    ).values
    let values = try views.floats()
    let total = Float(width * height)
    return (0..<count).map { item in
      let view = values[(item * size * size)..<((item + 1) * size * size)]
      let first = Int(((view.first ?? 0) * total).rounded())
      let (row, column) = (first / width, first % width)
      let expected: [Float] = (0..<size).flatMap { y in
        (0..<size).map { x in Float((row + y) * width + column + x) / total }
      }
      // Half a pixel downwards is a hundred times more.
      let error = largestDifference(Array(view), expected)
      #expect(error < 4e-5, "item \(item): not a copy from row \(row), column \(column)")
      return (row: row, column: column)
    }
  }

  /// 64 of 96 pixels of STL10, and sizes of which neither the place nor the side is a binary fraction.
  @Test(arguments: [(64, 96, 96), (8, 12, 12), (7, 12, 12), (9, 14, 11), (12, 12, 12)])
  func aRandomCropOfItsOwnSizeIsACopy(_ size: Int, _ width: Int, _ height: Int) throws {
    let crop = Augmentation(rotation: 0, crop: [size], randomPlace: 1)
    let found = try places(crop, 400, size: size, width: width, height: height)
    // Every place comes up, the first and the last too.
    #expect(Set(found.map(\.row)) == Set(0...(height - size)))
    #expect(Set(found.map(\.column)) == Set(0...(width - size)))
  }

  @Test(arguments: [(8, 12, 2), (7, 12, 2), (20, 28, 4)])
  func withoutARandomPlaceItIsTheMiddle(_ size: Int, _ side: Int, _ place: Int) throws {
    let found = try places(Augmentation(crop: [size]), 3, size: size, width: side, height: side)
    #expect(found.allSatisfy { $0.row == place && $0.column == place })
  }

  @Test func aRandomPlaceHalfOfTheTime() throws {
    let found = try places(
      Augmentation(crop: [8], randomPlace: 0.5), 1000, size: 8, width: 24, height: 24)
    let middle = found.count { $0.row == 8 && $0.column == 8 }
    #expect((430...580).contains(middle))
  }

  @Test func aMirroredCropIsACopyToo() throws {
    let images = try images(50, width: 12, height: 12)
    let crop = Augmentation(crop: [8], randomPlace: 1)
    let mirrored = Augmentation(crop: [8], randomPlace: 1, flip: 1)
    let one = try crop(images, size: 8, generator: RandomGenerator(seed: 2)).values.floats()
    let other = try mirrored(images, size: 8, generator: RandomGenerator(seed: 2)).values.floats()
    for row in 0..<(50 * 8) {
      let (left, right) = (one[(row * 8)..<(row * 8 + 8)], other[(row * 8)..<(row * 8 + 8)])
      #expect(zip(left, right.reversed()).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  /// One of several sides is drawn. The differences between a view's pixels tell which.
  @Test func everySideComesUp() throws {
    let views = try Augmentation(crop: [16, 20, 24], randomPlace: 1)(
      images(600, width: 28, height: 28), size: 24, generator: RandomGenerator(seed: 1)
    ).values
    let middle = try views.sliced(12..<13, along: 2)
    let steps = try middle.sliced(13..<14, along: 3) - middle.sliced(12..<13, along: 3)
    let sides = try steps.floats().map { Int(($0 * 28 * 28 * 24).rounded()) }
    for side in [16, 20, 24] {
      let count = sides.count { $0 == side }
      #expect((150...250).contains(count))
    }
    #expect(Set(sides) == [16, 20, 24])
  }

  @Test func aCropLargerThanTheImageKeepsItInTheMiddle() throws {
    let views = try Augmentation(crop: [8], randomPlace: 1)(
      .ones([20, 1, 4, 4]), size: 8, generator: RandomGenerator(seed: 1)
    ).values
    let row: [Float] = [0, 0, 1, 1, 1, 1, 0, 0]
    let blank = [Float](repeating: 0, count: 8)
    let expected = [blank, blank, row, row, row, row, blank, blank].flatMap { $0 }
    let values = try views.floats()
    for item in 0..<20 {
      #expect(largestDifference(Array(values[(item * 64)..<(item * 64 + 64)]), expected) < 1e-5)
    }
  }

  /// Without `crop` places are continuous. With part 0.5 of 16 pixels the first is up to 8 pixels from the edge.
  @Test func aPartOfTheImageLiesAtRandomToo() throws {
    let views = try Augmentation(scale: 0.5...0.5, randomPlace: 1)(
      images(300, width: 16, height: 16), size: 8, generator: RandomGenerator(seed: 1)
    ).values
    let corners = try views.sliced(0..<1, along: 2).sliced(0..<1, along: 3).floats().map { $0 * 256 }
    #expect(corners.allSatisfy { (-0.01...136.01).contains($0) })
    #expect((corners.min() ?? 100) < 20 && (corners.max() ?? 0) > 116)
  }

  /// A part of the side both ways: a quarter of 8 pixels is 2.
  @Test func aShiftMovesTheView() throws {
    let image = try Tensor((0..<64).map { Float($0 % 8) / 8 }, shape: [1, 1, 8, 8]).repeated([400, 1, 1, 1])
    let views = try Augmentation(scale: 1...1, shift: 0.25)(image, size: 8, generator: RandomGenerator(seed: 1))
      .values
    let pixels = try views.sliced(4..<5, along: 2).sliced(4..<5, along: 3).floats()
    let moves = pixels.map { $0 * 8 - 4 }
    #expect(moves.allSatisfy { abs($0) < 2.001 })
    #expect((moves.min() ?? 0) < -1.9 && (moves.max() ?? 0) > 1.9)
    let isSpread = abs(moves.reduce(0, +) / 400) < 0.2
    #expect(isSpread)
  }

  /// Images of `side` pixels of which the first channel is the column, the second the row, each divided by the side.
  private func coordinates(_ count: Int, side: Int) throws -> Tensor {
    let pixels = 0..<(side * side)
    let values = pixels.map { Float($0 % side) / Float(side) } + pixels.map { Float($0 / side) / Float(side) }
    return try Tensor(values, shape: [1, 2, side, side]).repeated([count, 1, 1, 1])
  }

  /// Column and row of the image at a pixel of each view.
  private func found(_ views: Tensor, at pixel: Int, side: Int) throws -> (columns: [Double], rows: [Double]) {
    let pixels = try views.sliced(pixel..<(pixel + 1), along: 2).sliced(pixel..<(pixel + 1), along: 3)
    let values = try pixels.doubles().map { $0 * Double(side) }
    return (
      stride(from: 0, to: values.count, by: 2).map { values[$0] },
      stride(from: 1, to: values.count, by: 2).map { values[$0] }
    )
  }

  /// Places of one axis lie evenly over a range: to its ends, and a quarter of them in each quarter.
  private func liesEvenly(_ places: [Double], over range: ClosedRange<Double>) -> Bool {
    let length = range.upperBound - range.lowerBound
    let shares = places.map { ($0 - range.lowerBound) / length }
    let quarters = (0..<4).map { quarter in
      shares.count { $0 >= 0.25 * Double(quarter) && $0 < 0.25 * Double(quarter + 1) }
    }
    // Five standard deviations of a binomial count.
    let spread = 5 * (Double(places.count) * 3 / 16).squareRoot()
    return shares.allSatisfy { (-0.001...1.001).contains($0) } && shares.contains { $0 < 0.03 }
      && shares.contains { $0 > 0.97 }
      && quarters.allSatisfy { abs(Double($0) - Double(places.count) / 4) < spread + 1 }
  }

  /// The correlation of two lists; that of independent ones has a standard deviation of one over the root of their length.
  private func correlation(_ one: [Double], _ other: [Double]) -> Double {
    func centred(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    let (left, right) = (centred(one), centred(other))
    func product(_ one: [Double], _ other: [Double]) -> Double { zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(left, right) / (product(left, left) * product(right, right)).squareRoot()
  }

  /// Half of 16 pixels begins anywhere from 0 to 8, to the right and downwards, each by itself.
  @Test(arguments: [
    Augmentation(scale: 0.5...0.5, randomPlace: 1), Augmentation(crop: [8], randomPlace: 1),
  ])
  func aPlaceIsDrawnOverTheWholeImageInBothAxes(_ augmentation: Augmentation) throws {
    let views = try augmentation(coordinates(900, side: 16), size: 8, generator: RandomGenerator(seed: 1)).values
    let (columns, rows) = try found(views, at: 0, side: 16)
    if augmentation.crop.isEmpty {
      #expect(liesEvenly(columns, over: 0...8) && liesEvenly(rows, over: 0...8))
    } else {
      // Nine whole places each.
      for places in [columns, rows] {
        let counts = (0...8).map { place in places.count { abs($0 - Double(place)) < 0.01 } }
        #expect(counts.reduce(0, +) == 900 && counts.allSatisfy { (53...147).contains($0) })
      }
    }
    #expect(abs(correlation(columns, rows)) < 5.0 / 30)
  }

  /// A quarter of 16 pixels is 4, from the middle both ways, to the side and downwards, each by itself.
  @Test func aShiftMovesTheViewInBothAxes() throws {
    let shifted = Augmentation(scale: 1...1, shift: 0.25)
    let views = try shifted(coordinates(900, side: 16), size: 16, generator: RandomGenerator(seed: 1)).values
    let (columns, rows) = try found(views, at: 8, side: 16)
    #expect(liesEvenly(columns, over: 4...12) && liesEvenly(rows, over: 4...12))
    #expect(abs(correlation(columns, rows)) < 5.0 / 30)
  }

  @Test func evaluationShowsTheMiddle() throws {
    func views(_ scale: String) throws -> Tensor {
      let document = try ManifestDocument(text: "size: 8\nevaluationScale: \(scale)\n", source: "m", folder: "/")
      let views = try document.read(ImageViews.self).configuration
      let samples = try Tensor((0..<256).map { Float($0) }, shape: [1, 16, 16, 1]).to(.uint8).repeated([2, 1, 1, 1])
      let made = try views.evaluationViews(of: samples)
      try #require(made.count == 1)
      return made[0].values
    }
    let middle = try views("0.5").floats().map { $0 * 255 }
    let expected = (4..<12).flatMap { row in (4..<12).map { Float(row * 16 + $0) } }
    #expect(middle.count == 128 && zip(middle, expected + expected).allSatisfy { abs($0 - $1) < 1e-2 })
    // All of it at half the size: each pixel is the mean of four.
    let whole = try views("1").floats().map { $0 * 255 }
    let means: [Float] = (0..<64).map { place in
      let first = place / 8 * 2 * 16 + place % 8 * 2
      return Float(first) + 8.5
    }
    #expect(largestDifference(whole, means + means) < 1e-2)
  }
}
