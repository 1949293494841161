import IICCore
import Manifest
import Testing
import Torch

@testable import Imaging

@Suite struct CutoutTests {
  private func cut(_ probability: Double, _ side: ClosedRange<Double>, count: Int = 400) throws -> [[Float]] {
    var cutout = Cutout()
    (cutout.probability, cutout.side) = (probability, side)
    let views = try cutout(.ones([count, 2, 20, 20]), generator: RandomGenerator(seed: 3)).floats()
    return (0..<count).map { Array(views[($0 * 800)..<(($0 + 1) * 800)]) }
  }

  /// A square of half the side covers a quarter, in every channel alike, and lies inside.
  @Test func aSquareOfTheSaidSideShowsNothing() throws {
    var corners: Set<Int> = []
    for view in try cut(1, 0.5...0.5) {
      #expect(Array(view[0..<400]) == Array(view[400..<800]))
      let empty = (0..<400).filter { view[$0] == 0 }
      let (rows, columns) = (Set(empty.map { $0 / 20 }), Set(empty.map { $0 % 20 }))
      // A border may fall on a point's centre.
      #expect((9...10).contains(rows.count) && (9...10).contains(columns.count))
      #expect(empty.count == rows.count * columns.count && view.allSatisfy { $0 == 0 || $0 == 1 })
      corners.insert(empty.first ?? 0)
    }
    #expect(corners.count > 50)
  }

  /// Five standard deviations of a binomial count.
  @Test(arguments: [0, 0.3, 1]) func itIsThereAsOftenAsIsSaid(probability: Double) throws {
    let views = try cut(probability, 0.2...0.7)
    let count = Double(views.count { $0.contains(0) })
    #expect(abs(count - 400 * probability) <= 5 * (400 * probability * (1 - probability)).squareRoot())
    let sizes = Set(views.map { view in view.count { $0 == 0 } })
    #expect(probability == 0 ? sizes == [0] : sizes.count > 10)
  }
}

@Suite struct ShearTests {
  /// Upright lines lean by up to the angle both ways; level ones stay.
  @Test func uprightLinesLean() throws {
    var leaning = Augmentation(rotationProbability: 1, scale: 1...1)
    leaning.shear = 30
    let (across, down) = (
      try Tensor((0..<256).map { Float($0 % 16) / 16 }, shape: [1, 1, 16, 16]).repeated([300, 1, 1, 1]),
      try Tensor((0..<256).map { Float($0 / 16) / 16 }, shape: [1, 1, 16, 16]).repeated([300, 1, 1, 1])
    )
    func change(_ images: Tensor) throws -> [Double] {
      let views = try leaning(images, size: 16, generator: RandomGenerator(seed: 1)).values.sliced(7..<8, along: 3)
      return try (views.sliced(8..<9, along: 2) - views.sliced(7..<8, along: 2)).doubles().map { $0 * 16 }
    }
    let most = 0.5773502691896258  // tan 30 degrees
    let leans = try change(across)
    #expect(leans.allSatisfy { abs($0) <= most + 1e-4 })
    #expect((leans.max() ?? 0) > 0.9 * most && (leans.min() ?? 0) < -0.9 * most)
    #expect(try change(down).allSatisfy { abs($0 - 1) < 1e-4 })
  }
}

@Suite struct EvaluationCropsTests {
  @Test func tenCropsAreTheCornersTheCentreAndTheirMirrorImages() throws {
    let text = "size: 8\nevaluationScale: 0.5\nevaluationCrops: ten\n"
    let views = try ManifestDocument(text: text).read(ImageViews.self).configuration
    let bytes = (0..<256).map { UInt8($0) }
    let samples = try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: [1, 16, 16, 1], dtype: .uint8) }
    let found = try views.evaluationViews(of: samples).map { try $0.values.contiguous().floats() }
    func crop(_ top: Int, _ left: Int, mirrored: Bool) -> [Float] {
      (0..<8).flatMap { row in
        (0..<8).map { column in
          Float((top + row) * 16 + left + (mirrored ? 7 - column : column)) / 255
        }
      }
    }
    let places = [(4, 4), (0, 0), (0, 8), (8, 0), (8, 8)]
    let expected = [false, true].flatMap { mirrored in places.map { crop($0.0, $0.1, mirrored: mirrored) } }
    #expect(found.count == 10)
    for (one, other) in zip(found, expected) { #expect(largestDifference(one, other) < 1e-5) }
    #expect(throws: ManifestError.self) {
      try ManifestDocument(text: "size: 8\nevaluationScale: 1\nevaluationCrops: ten\n").read(ImageViews.self)
    }
  }
}
