public import IICCore
public import Torch

/// A random view of images, drawn for each item and computed for the whole batch at once.
///
/// Rotation, crop, scale, shift and flip are one affine map and one bilinear sampling; what falls outside the
/// image is 0. Brightness and contrast follow.
public struct Augmentation: Sendable {
  /// The largest rotation, degrees, and how often it is applied.
  public var rotation = 0.0, rotationProbability = 0.5
  /// The part of the image's side that is shown: 0.7 is a crop, 1.1 leaves a margin.
  public var scale = 0.75...1.0
  /// The largest shift as a part of the image's side.
  public var shift = 0.0
  /// How often the image is mirrored left to right.
  public var flip = 0.0
  /// The largest relative change of brightness and of contrast.
  public var jitter = 0.0

  /// A crop around the centre.
  public static let mild = Augmentation()
  /// All of it.
  public static let full = Augmentation(
    rotation: 20, rotationProbability: 0.5, scale: 0.65...1.05, shift: 0.12, flip: 0.5, jitter: 0.4)

  /// Images `[n, C, H, W]` to views `[n, C, size, size]`, both from 0 to 1.
  public func callAsFunction(_ images: Tensor, size: Int, generator: RandomGenerator) throws(TorchError) -> Tensor {
    let theta = try maps(images.shape.first ?? 0, generator).to(images.device)
    let views = try images.affineSampled(by: theta, height: size, width: size).channelsLast()
    return jitter > 0 ? try jittered(views, generator) : views
  }

  /// Maps from view to image coordinates, `[n, 2, 3]`.
  private func maps(_ n: Int, _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    let radians = rotation * .pi / 180
    let rotated = try generator.bernoulli([n], p: rotationProbability)
    let angle = try generator.uniform([n], in: -radians...radians) * rotated
    let scale = try generator.uniform([n], in: self.scale)
    let mirror = try generator.bernoulli([n], p: flip) * -2 + 1
    let cosine = try angle.cos() * scale
    let sine = try angle.sin() * scale
    // Coordinates run from -1 to 1, so a shift by a part of the side counts twice.
    let x = try generator.uniform([n], in: -2 * shift...2 * shift)
    let y = try generator.uniform([n], in: -2 * shift...2 * shift)
    return try Tensor.stacked([mirror * cosine, -sine, x, mirror * sine, cosine, y], along: 1)
      .reshaped([n, 2, 3])
  }

  /// Brightness multiplies the values; contrast then stretches them around the image's mean.
  private func jittered(_ images: Tensor, _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    let n = images.shape.first ?? 0
    let factors = 1 - jitter...1 + jitter
    let brightness = try generator.uniform([n, 1, 1, 1], in: factors).to(images.device)
    let contrast = try generator.uniform([n, 1, 1, 1], in: factors).to(images.device)
    let bright = try (images * brightness).clamped(to: 0...1)
    let mean = try bright.mean([1, 2, 3], keepingDimensions: true)
    return try ((bright - mean) * contrast + mean).clamped(to: 0...1)
  }
}

extension Augmentation {
  /// Reads a view's section; keys that are absent keep `defaults`.
  public init(from section: SectionReader, defaults: Augmentation) throws(ManifestError) {
    rotation = try section.number("rotation", default: defaults.rotation, in: 0...180, "largest rotation, degrees")
    rotationProbability = try section.number(
      "rotationProbability", default: defaults.rotationProbability, in: 0...1, "how often it rotates")
    let bounds = try section.numbers(
      "scale", default: [defaults.scale.lowerBound, defaults.scale.upperBound], in: 0.05...4,
      "least and largest part of the side that is shown")
    shift = try section.number("shift", default: defaults.shift, in: 0...1, "largest shift, part of the side")
    flip = try section.number("flip", default: defaults.flip, in: 0...1, "how often it mirrors left to right")
    jitter = try section.number(
      "jitter", default: defaults.jitter, in: 0...0.99, "largest relative change of brightness and contrast")
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw section.error("scale", "found \(bounds); expected two numbers, the smaller first")
    }
    scale = bounds[0]...bounds[1]
  }
}
