import Foundation
import IICCore
import Testing
import Torch

@testable import Imaging

@Suite struct AugmentationTests {
  private func image(_ count: Int = 1) throws -> Tensor {
    try Tensor((0..<64).map { Float($0) / 64 }, shape: [1, 1, 8, 8]).repeated([count, 1, 1, 1])
  }

  @Test func withoutChangesAViewIsTheImage() throws {
    let still = Augmentation(scale: 1...1)
    let view = try still(image(), size: 8, generator: RandomGenerator(seed: 1)).values
    #expect(try view.floats() == image().floats())
    #expect(view.isChannelsLast)
  }

  @Test func aFlipMirrorsLeftToRight() throws {
    let view = try Augmentation(scale: 1...1, flip: 1)(image(), size: 8, generator: RandomGenerator(seed: 1)).values
      .floats()
    #expect(Array(view.prefix(8)) == (0..<8).reversed().map { Float($0) / 64 })
  }

  @Test func aCropOfHalfTheSideShowsTheMiddle() throws {
    let view = try Augmentation(scale: 0.5...0.5)(image(), size: 4, generator: RandomGenerator(seed: 1)).values
      .floats()
    let rows = (2..<6).flatMap { row in (2..<6).map { Float(row * 8 + $0) / 64 } }
    #expect(largestDifference(view, rows) < 1e-6)
  }

  @Test func rotationsDiffer() throws {
    var turned = Augmentation(scale: 1...1)
    (turned.rotation, turned.rotationProbability) = (180, 1)
    let views = try turned(image(200), size: 8, generator: RandomGenerator(seed: 1)).values
    let corners = try views.sliced(0..<1, along: 2).sliced(0..<1, along: 3).floats()
    #expect(Set(corners.map { ($0 * 64).rounded() }).count > 20)
  }

  /// What is not turned stays as it is. Five standard deviations of a binomial count.
  @Test(arguments: [0, 0.3, 1]) func aViewIsTurnedAsOftenAsIsSaid(probability: Double) throws {
    let turned = Augmentation(rotation: 180, rotationProbability: probability, scale: 1...1)
    let values = try turned(image(1000), size: 8, generator: RandomGenerator(seed: 1)).values.floats()
    let still = try image().floats()
    let count = (0..<1000).count { item in
      zip(values[(item * 64)..<(item * 64 + 64)], still).allSatisfy { abs($0 - $1) < 1e-4 }
    }
    let spread = 5 * (1000 * probability * (1 - probability)).squareRoot()
    // A turn by less than a thousandth of a degree looks like none.
    #expect(abs(Double(count) - 1000 * (1 - probability)) <= spread + 1)
  }

  /// In a view of a slope to the right, turned by an angle, values rise downwards by the angle's sine.
  @Test func anAngleIsDrawnUpToTheLimitBothWays() throws {
    let slope = try Tensor((0..<256).map { Float($0 % 16) / 16 }, shape: [1, 1, 16, 16]).repeated([500, 1, 1, 1])
    let turned = Augmentation(rotation: 20, rotationProbability: 1, scale: 1...1)
    let views = try turned(slope, size: 16, generator: RandomGenerator(seed: 1)).values.sliced(7..<8, along: 3)
    let rise = try views.sliced(8..<9, along: 2) - views.sliced(7..<8, along: 2)
    let angles = try rise.doubles().map { asin(max(-1, min(1, $0 * 16))) * 180 / .pi }
    #expect(angles.allSatisfy { abs($0) < 20.01 })
    #expect((angles.min() ?? 0) < -19 && (angles.max() ?? 0) > 19)
    // Uniform from -20 to 20: the mean of 500 has a standard deviation of 0.52.
    #expect(abs(angles.reduce(0, +) / 500) < 2.6)
  }

  @Test func itemsAreDrawnApartAndStayInRange() throws {
    let views = try Augmentation.full(image(50), size: 8, generator: RandomGenerator(seed: 3)).values
    let values = try views.floats()
    #expect(values.allSatisfy { (0...1).contains($0) })
    let rows = (0..<50).map { Array(values[($0 * 64)..<(($0 + 1) * 64)]) }
    #expect(Set(rows).count == 50)
  }

  @Test func equalGeneratorsGiveEqualViews() throws {
    let views = try (0..<2).map { _ in
      try Augmentation.full(image(20), size: 8, generator: RandomGenerator(seed: 4)).values.floats()
    }
    #expect(views[0] == views[1])
  }

  @Test func brightnessScalesTheImage() throws {
    let bright = Augmentation(scale: 1...1, color: ColorJitter(jitter: 0.4))
    // A flat image has no contrast to change.
    let flat = try Tensor.full([400, 1, 8, 8], 0.5)
    let means = try bright(flat, size: 8, generator: RandomGenerator(seed: 5)).values.mean([1, 2, 3]).floats()
    let mean = 0.5
    let limits = Float(0.599 * mean)...Float(1.401 * mean)
    #expect(means.allSatisfy { limits.contains($0) })
    #expect((means.max() ?? 0) > Float(1.3 * mean) && (means.min() ?? 1) < Float(0.7 * mean))
  }

  /// A view of an image of its own coordinates shows where each of its places comes from, which is what its map says.
  @Test func theMapSaysWhereAViewComesFrom() throws {
    func coordinate(_ index: Int, of count: Int) -> Double { (2 * Double(index) + 1) / Double(count) - 1 }
    let (side, size, count) = (16, 4, 20)
    let places = (0..<side * side).map { (x: $0 % side, y: $0 / side) }
    let pixels = places.map { Float(coordinate($0.x, of: side)) } + places.map { Float(coordinate($0.y, of: side)) }
    let image = try Tensor(pixels, shape: [1, 2, side, side]).repeated([count, 1, 1, 1])
    let turned = Augmentation(rotation: 20, rotationProbability: 1, scale: 0.4...0.5, flip: 0.5)
    let view = try turned(image, size: size, generator: RandomGenerator(seed: 6))
    let map = try #require(view.map).doubles()  // [n, 2, 3]
    let shown = try view.values.doubles()  // [n, 2, size, size]
    var largest = 0.0
    for item in 0..<count {
      for axis in 0..<2 {
        let row = map[(6 * item + 3 * axis)..<(6 * item + 3 * axis + 3)].map(\.self)
        for place in 0..<(size * size) {
          let (x, y) = (coordinate(place % size, of: size), coordinate(place / size, of: size))
          let expected: Double = row[0] * x + row[1] * y + row[2]
          let found = shown[(2 * item + axis) * size * size + place]
          largest = max(largest, abs(found - expected))
        }
      }
    }
    #expect(largest < 1e-5)
  }
}
