import Foundation
public import IICCore
public import Manifest
public import Torch

/// A random view of images, drawn for each item and computed for the whole batch at once.
///
/// Rotation, crop, scale, shift and flip are one affine map and one bilinear sampling; what falls outside the
/// image is 0. Colours follow.
public struct Augmentation: Sendable {
  /// The largest rotation, degrees, and how often it is applied.
  public var rotation = 0.0
  public var rotationProbability = 0.5
  /// The largest angle by which upright lines lean, degrees; as often as it is rotated.
  public var shear = 0.0
  /// The part of the image's side that is shown: 0.7 is a crop, 1.1 leaves a margin.
  public var scale = 0.75...1.0
  /// Instead of `scale`: sides of crops in the image's pixels, of which one is drawn each time. They begin at whole
  /// pixels.
  public var crop: [Int] = []
  /// How often the part lies at a random place inside the image rather than in the middle.
  public var randomPlace = 0.0
  /// The largest shift as a part of the image's side, beyond the crop's place.
  public var shift = 0.0
  /// How often the image is mirrored left to right.
  public var flip = 0.0
  /// Changes of colour.
  public var color = ColorJitter()
  /// A square without content.
  public var cutout = Cutout()

  /// A crop around the centre.
  public static let mild = Augmentation()
  /// All of it.
  public static let full = Augmentation(
    rotation: 20, rotationProbability: 0.5, scale: 0.65...1.05, shift: 0.12, flip: 0.5,
    color: ColorJitter(jitter: 0.4))

  /// Images `[n, C, H, W]` to views `[n, C, size, size]`, both from 0 to 1, channels last in memory; with the maps from
  /// views to images.
  public func callAsFunction(_ images: Tensor, size: Int, generator: RandomGenerator) throws(TorchError) -> View {
    let theta = try maps(images.shape, generator).to(images.device)
    let views = try images.affineSampled(by: theta, height: size, width: size).channelsLast()
    return View(try cutout(color(views, generator: generator), generator: generator), map: theta)
  }

  /// Maps from view to image coordinates, `[n, 2, 3]`; both run from -1 to 1.
  private func maps(_ shape: [Int], _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    let n = shape.first ?? 0
    let radians = rotation * .pi / 180
    let rotated = try generator.bernoulli([n], p: rotationProbability)
    let angle = try generator.uniform([n], in: -radians...radians) * rotated
    let sides = try sides(n, generator)
    let mirror = try generator.bernoulli([n], p: flip) * -2 + 1
    let view = try windows(sides, width: shape.last ?? 1, height: shape.dropLast().last ?? 1, generator)
    let (cosine, sine) = (try angle.cos(), try angle.sin())
    // The second column of the rotation, after the shear.
    var (down, right) = (cosine, try -sine)
    if shear > 0 {
      let most = tan(shear * .pi / 180)
      let lean = try generator.uniform([n], in: -most...most) * rotated
      (down, right) = (try cosine + lean * sine, try lean * cosine - sine)
    }
    // The window turns with the image, as if it were cut out after the rotation.
    return try Tensor.stacked(
      [
        mirror * cosine * view.width, right * view.height, cosine * view.x + right * view.y,
        mirror * sine * view.width, down * view.height, sine * view.x + down * view.y,
      ], along: 1
    ).reshaped([n, 2, 3])
  }
}

extension Augmentation {
  /// Reads a view's section; keys that are absent keep `defaults`.
  public init(from section: SectionReader, defaults: Augmentation) throws(ManifestError) {
    rotation = try section(
      "rotation", .number(in: 0...180), default: defaults.rotation, "largest rotation, degrees")
    shear = try section(
      "shear", .number(in: 0...60), default: defaults.shear, "largest angle by which upright lines lean, degrees")
    rotationProbability = try section(
      "rotationProbability", .number(in: 0...1), default: defaults.rotationProbability,
      "how often it rotates, and leans if it does")
    let bounds = try section(
      "scale", .list(of: .number(in: 0.05...4)), default: [defaults.scale.lowerBound, defaults.scale.upperBound],
      "least and largest part of the side that is shown")
    crop = try section(
      "crop", .list(of: .integer(in: 1...100_000)), default: defaults.crop,
      "instead of scale: sides of crops, pixels; one is drawn")
    randomPlace = try section(
      "randomPlace", .number(in: 0...1), default: defaults.randomPlace,
      "how often a crop lies at random, not in the middle")
    shift = try section("shift", .number(in: 0...1), default: defaults.shift, "largest shift, part of the side")
    flip = try section("flip", .number(in: 0...1), default: defaults.flip, "how often it mirrors left to right")
    color = try ColorJitter(from: section, defaults: defaults.color)
    cutout = try Cutout(from: section, defaults: defaults.cutout)
    try section.requires(
      "rotationProbability", of: "rotation", rotation > 0 || shear > 0, "without a rotation or a shear")
    try section.requires("scale", of: "crop", crop.isEmpty, "beside crop, which is taken instead")
    try section.requires(
      "randomPlace", of: "scale", !crop.isEmpty || randomPlace == 0 || (bounds.min() ?? 0) < 1,
      "where scale is 1 or more, which leaves no room")
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw section.error("scale", "found \(bounds); expected two numbers, the smaller first")
    }
    scale = bounds[0]...bounds[1]
  }
}
