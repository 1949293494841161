import Foundation
import Testing
import Torch

@testable import Imaging

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
    let values = try found.floats()
    try #require(found.shape == figures.shape && values.count == expected.count)
    return zip(values, expected).map { abs($0 - $1) }.max() ?? .infinity
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
