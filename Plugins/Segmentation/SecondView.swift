import Foundation
import IICCore
import Imaging
import Manifest
import Torch

/// How the second view of a pair differs from the first: other colours, then turned, sheared, scaled and mirrored.
struct SecondView: Sendable, ManifestSection {
  /// The largest rotation and shear, degrees.
  var rotation = 0.0, shear = 0.0
  /// The least and the largest factor by which things are enlarged.
  var scale = 1.0...1.0
  /// How often it is mirrored left to right, and top to bottom.
  var flip = 0.5, flipVertically = 0.0
  /// Changes of colour.
  var color = ColorJitter(jitter: 0.4)

  init() {}

  init(from section: SectionReader) throws(ManifestError) {
    rotation = try section("rotation", .number(in: 0...180), default: rotation, "largest rotation, degrees")
    shear = try section("shear", .number(in: 0...45), default: shear, "largest shear, degrees")
    let bounds = try section(
      "scale", .list(of: .number(in: 0.1...10)), default: [scale.lowerBound, scale.upperBound],
      "least and largest factor by which things are enlarged")
    flip = try section("flip", .number(in: 0...1), default: flip, "how often it mirrors left to right")
    flipVertically = try section(
      "flipVertically", .number(in: 0...1), default: flipVertically, "how often it mirrors top to bottom")
    color = try ColorJitter(from: section, defaults: color)
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw section.error("scale", "found \(bounds); expected two numbers, the smaller first")
    }
    scale = bounds[0]...bounds[1]
  }

  private var isAffine: Bool { rotation > 0 || shear > 0 || scale != 1...1 }

  /// Images `[n, C, H, W]` from 0 to 1 as the second view, with the maps from its places to theirs.
  func callAsFunction(_ images: Tensor, generator: RandomGenerator) throws(TorchError) -> View {
    let n = images.shape.first ?? 0
    let coloured = try color(visible: images, generator: generator)
    let mirror = try generator.bernoulli([n], p: flip) * -2 + 1
    let upright = try generator.bernoulli([n], p: flipVertically) * -2 + 1
    let map = try maps(mirror, upright, shape: images.shape, generator)
    guard !isAffine else {
      let moved = try coloured.affineSampled(
        by: map.to(images.device), height: images.shape[2], width: images.shape[3])
      return View(moved, map: map)
    }
    var values = coloured
    for (dimension, signs) in [(3, mirror), (2, upright)] {
      let chosen = try (signs.reshaped([n, 1, 1, 1]).to(images.device)) < 0
      values = try .where(chosen, values.flipped(along: dimension), values)
    }
    return View(values, map: map)
  }

  /// Maps from places of the view to places of the image, `[n, 2, 3]`, both from -1 to 1.
  private func maps(
    _ mirror: Tensor, _ upright: Tensor, shape: [Int], _ generator: RandomGenerator
  ) throws(TorchError) -> Tensor {
    let n = shape[0]
    let zero = try Tensor.zeros([n])
    guard isAffine else {
      return try Tensor.stacked([mirror, zero, zero, zero, upright, zero], along: 1).reshaped([n, 2, 3])
    }
    let degrees = Double.pi / 180
    let angle = try generator.uniform([n], in: -rotation * degrees...rotation * degrees)
    let sheared = try generator.uniform([n], in: -shear * degrees...shear * degrees)
    // Enlarged things are seen through a smaller window.
    let window = try Tensor.ones([n]) / generator.uniform([n], in: scale)
    let tangent = try sheared.sin() / sheared.cos()
    let (cosine, sine) = (try angle.cos() * window, try angle.sin() * window)
    // Angles are those of pixels, coordinates run over the sides.
    let aspect = Double(shape[2]) / Double(shape[3])
    return try Tensor.stacked(
      [
        mirror * cosine, (cosine * tangent - sine) * upright * aspect, zero,
        mirror * sine * (1 / aspect), (sine * tangent + cosine) * upright, zero,
      ], along: 1
    ).reshaped([n, 2, 3])
  }
}

extension ColorJitter {
  /// Changes the colours of images `[n, C, H, W]`; of four channels the last, infrared, stays as it is.
  fileprivate func callAsFunction(visible images: Tensor, generator: RandomGenerator) throws(TorchError) -> Tensor {
    guard images.shape.count == 4, images.shape[1] == 4 else { return try self(images, generator: generator) }
    let changed = try self(images.sliced(0..<3, along: 1), generator: generator)
    return try .concatenated([changed, images.sliced(3..<4, along: 1)], along: 1).channelsLast()
  }

  /// The keys that need red, green and blue, a line each.
  func withoutEffect(channels: Int) -> [String] {
    let keys = (saturation > 0 ? ["saturation"] : []) + (hue > 0 ? ["hue"] : [])
    return keys.map {
      "views.transformed.\($0): has no effect on images of \(channels) channels; it needs red, green and blue"
    }
  }
}
