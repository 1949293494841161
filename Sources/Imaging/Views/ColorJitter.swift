import IICCore
public import Torch

/// Random changes of brightness, contrast, saturation and hue, drawn for each image.
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
    let pixels = try images.permuted([0, 2, 3, 1]).reshaped([n, -1, 3])
    let maps = try colorMaps(n, generator).to(images.device)
    let shape = images.shape
    return try pixels.matmul(maps).clamped(to: 0...1)
      .reshaped([n, shape[2], shape[3], 3]).permuted([0, 3, 1, 2])
  }

  /// Saturation and hue as one linear map of the colours each, `[n, 3, 3]`, to be multiplied from the right.
  ///
  /// In YIQ coordinates the saturation scales the plane of colours and the hue turns it; brightness stays.
  private func colorMaps(_ n: Int, _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    let scale = try generator.uniform([n], in: 1 - saturation...1 + saturation)
    let angle = try generator.uniform([n], in: -2 * .pi * hue...2 * .pi * hue)
    let cosine = try angle.cos() * scale
    let sine = try angle.sin() * scale
    let zero = try Tensor.zeros([n])
    let turn = try Tensor.stacked(
      [Tensor.ones([n]), zero, zero, zero, cosine, sine, zero, -sine, cosine], along: 1
    ).reshaped([n, 3, 3])
    return try Self.toYIQ().matmul(turn).matmul(Self.fromYIQ())
  }

  /// Rows are red, green and blue in YIQ coordinates.
  private static func toYIQ() throws(TorchError) -> Tensor {
    try Tensor(
      [0.299, 0.595716, 0.211456, 0.587, -0.274453, -0.522591, 0.114, -0.321263, 0.311135] as [Float],
      shape: [3, 3])
  }

  /// Rows are Y, I and Q in red, green and blue.
  private static func fromYIQ() throws(TorchError) -> Tensor {
    try Tensor([1, 1, 1, 0.9563, -0.2721, -1.1070, 0.6210, -0.6474, 1.7046] as [Float], shape: [3, 3])
  }
}

extension ColorJitter {
  init(from section: SectionReader, defaults: ColorJitter) throws(ManifestError) {
    jitter = try section.number(
      "jitter", default: defaults.jitter, in: 0...0.99, "largest relative change of brightness and contrast")
    saturation = try section.number(
      "saturation", default: defaults.saturation, in: 0...0.99, "largest relative change of saturation")
    hue = try section.number(
      "hue", default: defaults.hue, in: 0...0.5, "largest turn of the hue, part of the circle")
  }
}
