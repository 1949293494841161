import Torch

/// Where in its image each view lies before it is turned, `[n]` each. Coordinates run from -1 to 1 over the image.
struct ViewWindow {
  /// The parts of the image's width and height that are shown.
  let width, height: Tensor
  /// The centre.
  var x, y: Tensor
}

extension Augmentation {
  /// Draws the windows of `n` views of images of `width` x `height` pixels.
  func windows(
    _ n: Int, width: Int, height: Int, _ generator: RandomGenerator
  ) throws(TorchError) -> ViewWindow {
    var windows =
      try crop.isEmpty
      ? scaled(n, generator) : cropped(n, width: width, height: height, generator)
    // A shift by a part of the side counts twice.
    windows.x = try windows.x + generator.uniform([n], in: -2 * shift...2 * shift)
    windows.y = try windows.y + generator.uniform([n], in: -2 * shift...2 * shift)
    return windows
  }

  private func scaled(_ n: Int, _ generator: RandomGenerator) throws(TorchError) -> ViewWindow {
    let side = try generator.uniform([n], in: scale)
    let room = try (side * -1 + 1).clamped(min: 0) * generator.bernoulli([n], p: randomPlace)
    return ViewWindow(
      width: side, height: side, x: try generator.uniform([n], in: -1...1) * room,
      y: try generator.uniform([n], in: -1...1) * room)
  }

  private func cropped(
    _ n: Int, width: Int, height: Int, _ generator: RandomGenerator
  ) throws(TorchError) -> ViewWindow {
    let sides = try Tensor(crop.map { Float($0) }, shape: [crop.count])
    // Below the count for every draw but those that rounding lifts to it.
    let choice = try (generator.uniform([n]) * Double(crop.count)).clamped(to: 0...Double(crop.count) - 0.5)
    let side = try sides.selecting(choice.to(.int64))
    let isRandom = try generator.bernoulli([n], p: randomPlace)
    return ViewWindow(
      width: try side / Double(width), height: try side / Double(height),
      x: try centres(of: side, in: width, isRandom, generator),
      y: try centres(of: side, in: height, isRandom, generator))
  }

  /// The centres of crops, pixels `[n]`, along a side of an image: drawn where `isRandom` is 1, else in the middle.
  ///
  /// Crops begin at whole pixels, as torchvision's do: one that is neither resized nor turned is a copy, not a blur.
  private func centres(
    of crops: Tensor, in side: Int, _ isRandom: Tensor, _ generator: RandomGenerator
  ) throws(TorchError) -> Tensor {
    let room = try crops * -1 + Double(side)
    let free = try room.clamped(min: 0)
    let drawn = try (generator.uniform(crops.shape) * (free + 1)).to(.int64).to(.float32)
    // Rounding may lift a draw to the number of places. A crop larger than the image keeps it in the middle.
    let middle = try (room * 0.5).to(.int64).to(.float32)
    let margin = try ((room - free) * 0.5).to(.int64).to(.float32)
    let random = try free - (free - drawn).relu() + margin
    let starts = try middle + (random - middle) * isRandom
    return try (starts * 2 + crops) / Double(side) - 1
  }
}
