import Torch

/// Images `[n, 3, H, W]` from 0 to 1, the saturation of each multiplied by its factor, `[n, 1, 1, 1]`: torchvision's
/// blend with the image in grey.
func saturated(_ images: Tensor, by factors: Tensor) throws(TorchError) -> Tensor {
  let grey = try brightness(images)
  let changed = try (images - grey) * factors + grey
  return try changed.clamped(to: 0...1)
}

/// Images `[n, 3, H, W]` from 0 to 1, the hue of each turned by its part of the circle, `[n, 1, 1, 1]` from -0.5 to 0.5.
///
/// It is HSV's hue, as torchvision turns it: the largest and the smallest of a pixel's three values stay, and with them
/// HSV's value and saturation. The brightness does not, so that what is left of an image in grey changes, too.
func turnedHue(_ images: Tensor, by turns: Tensor) throws(TorchError) -> Tensor {
  // Colours nearer to each other than this are the same.
  let closest = 1e-9
  let planes = try images.contiguous()
  let red = try planes.sliced(0..<1, along: 1)
  let green = try planes.sliced(1..<2, along: 1)
  let blue = try planes.sliced(2..<3, along: 1)
  let high = try planes.max([1], keepingDimensions: true)
  let low = try planes.min([1], keepingDimensions: true)
  let chroma = try high - low  // [n, 1, H, W], as all that follows up to the distances
  let isRed = try ((high - red) < closest).to(.float32)
  let isGreen = try ((high - green) < closest).to(.float32)
  // Hues in sixths of the circle, times chroma: red is at 0, green at 2, blue at 4.
  let nearRed = try green - blue
  let nearGreen = try blue - red + chroma * 2
  let nearBlue = try red - green + chroma * 4
  let others = try (nearGreen - nearBlue) * isGreen + nearBlue
  let hues = try ((nearRed - others) * isRed + others) / chroma.clamped(min: closest)
  let turned = try hues + turns * 6  // -4 to 8
  let isBelow = try (turned < 0).to(.float32)
  let isAbove = try (turned < 6).to(.float32) * -1 + 1
  let wrapped = try turned + (isBelow - isAbove) * 6  // 0 to 6
  // Each colour rises and falls with the distance from its middle: red is low around 3, green high around 2, blue
  // around 4.
  let middles = try Tensor([3, 2, 4] as [Float], shape: [1, 3, 1, 1]).to(images.device)
  let slopes = try Tensor([1, -1, -1] as [Float], shape: [1, 3, 1, 1]).to(images.device)
  let starts = try Tensor([-1, 2, 2] as [Float], shape: [1, 3, 1, 1]).to(images.device)
  let offsets = try wrapped - middles  // [n, 3, H, W]
  let distances = try (offsets * offsets).sqrt()
  let levels = try (distances * slopes + starts).clamped(to: 0...1)
  return try (levels * chroma + low).channelsLast()
}
