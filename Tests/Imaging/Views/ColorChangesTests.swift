import Foundation
import Testing
import Torch

@testable import Imaging

/// How far values are from those expected at most; infinity if there are none or others in number, or if one is no number,
/// which `max` would pass over.
func largestDifference(_ found: [Float], _ expected: [Float]) -> Float {
  guard found.count == expected.count, !found.isEmpty else { return .infinity }
  return zip(found, expected).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

/// Changes of colour against torchvision's, whose figures `Fixtures/make_colors.py` wrote.
@Suite struct ColorChangesTests {
  private struct Figures: Decodable {
    let shape: [Int]
    let images, turns, hue, factors, saturation: [Float]
  }

  private let figures: Figures
  private let images: Tensor

  init() throws {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/colors.json")
    figures = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: url))
    images = try Tensor(figures.images, shape: figures.shape)
  }

  private func difference(_ found: Tensor, _ expected: [Float]) throws -> Float {
    try #require(found.shape == figures.shape)
    return largestDifference(try found.floats(), expected)
  }

  @Test func hueIsTorchvisions() throws {
    let turns = try Tensor(figures.turns, shape: [figures.turns.count, 1, 1, 1])
    for images in [images, try images.channelsLast()] {
      let turned = try turnedHue(images, by: turns)
      #expect(try difference(turned, figures.hue) < 1e-5)
      #expect(turned.isChannelsLast)
    }
    #expect(try difference(images, figures.hue) > 0.5)
  }

  /// torchvision's grey weighs red by 0.2989, not 0.299.
  @Test func saturationIsTorchvisions() throws {
    let factors = try Tensor(figures.factors, shape: [figures.factors.count, 1, 1, 1])
    #expect(try difference(saturated(images, by: factors), figures.saturation) < 2e-4)
    #expect(try difference(images, figures.saturation) > 0.1)
  }
}
