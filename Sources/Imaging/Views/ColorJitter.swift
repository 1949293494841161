import IICCore
public import Manifest
public import Torch

/// Random changes of brightness, contrast, saturation and hue, in this order, drawn for each image: torchvision's
/// ColorJitter, which draws the order, too.
public struct ColorJitter: Sendable {
  /// The largest relative change of brightness and of contrast.
  public var jitter = 0.0
  /// The largest relative change of saturation; needs red, green and blue.
  public var saturation = 0.0
  /// The largest turn of the hue as a part of the whole circle; needs red, green and blue.
  public var hue = 0.0

  /// No change.
  public init(jitter: Double = 0, saturation: Double = 0, hue: Double = 0) {
    (self.jitter, self.saturation, self.hue) = (jitter, saturation, hue)
  }

  /// Images `[n, C, H, W]` from 0 to 1 to the same shape and range.
  public func callAsFunction(_ images: Tensor, generator: RandomGenerator) throws(TorchError) -> Tensor {
    var images = images
    let n = images.shape.first ?? 0
    if jitter > 0 {
      // Brightness multiplies the values; contrast then stretches them around the image's mean brightness.
      let factors = 1 - jitter...1 + jitter
      let bright = try generator.uniform([n, 1, 1, 1], in: factors).to(images.device)
      let contrast = try generator.uniform([n, 1, 1, 1], in: factors).to(images.device)
      images = try (images * bright).clamped(to: 0...1)
      let mean = try brightness(images).mean([1, 2, 3], keepingDimensions: true)
      images = try ((images - mean) * contrast + mean).clamped(to: 0...1)
    }
    guard saturation > 0 || hue > 0, images.shape.count == 4, images.shape[1] == 3 else { return images }
    if saturation > 0 {
      let factors = try generator.uniform([n, 1, 1, 1], in: 1 - saturation...1 + saturation)
      images = try saturated(images, by: factors.to(images.device))
    }
    if hue > 0 {
      let turns = try generator.uniform([n, 1, 1, 1], in: -hue...hue)
      images = try turnedHue(images, by: turns.to(images.device))
    }
    return images
  }
}

extension ColorJitter {
  /// The keys that change saturation or hue, which images without colours do not have.
  var colourKeys: [String] { (saturation > 0 ? ["saturation"] : []) + (hue > 0 ? ["hue"] : []) }

  /// Reads a view's keys of colour; those that are absent keep `defaults`.
  public init(from section: SectionReader, defaults: ColorJitter) throws(ManifestError) {
    jitter = try section(
      "jitter", .number(in: 0...0.99), default: defaults.jitter,
      "largest relative change of brightness and contrast")
    saturation = try section(
      "saturation", .number(in: 0...0.99), default: defaults.saturation, "largest relative change of saturation")
    hue = try section(
      "hue", .number(in: 0...0.5), default: defaults.hue, "largest turn of the hue, part of the circle")
  }
}
