import Torch

/// Where in its image each view lies before it is turned, `[n]` each. Coordinates run from -1 to 1 over the image.
struct ViewWindow {
  /// The parts of the image's width and height that are shown.
  var width, height: Tensor
  /// The centre.
  var x, y: Tensor
}

extension Augmentation {
  /// Draws the side of each of `n` views, `[n]`: a part of the image's side, or pixels if there are crops.
  func sides(_ n: Int, _ generator: RandomGenerator) throws(TorchError) -> Tensor {
    guard !crop.isEmpty else { return try generator.uniform([n], in: scale) }
    let sides = try Tensor(crop.map { Float($0) }, shape: [crop.count])
    // Below the count for every draw but those that rounding lifts to it.
    let choice = try (generator.uniform([n]) * Double(crop.count)).clamped(to: 0...Double(crop.count) - 0.5)
    return try sides.selecting(choice.to(.int64))
  }

  /// Draws where views with these `sides` lie in images of `width` x `height` pixels.
  func windows(
    _ sides: Tensor, width: Int, height: Int, _ generator: RandomGenerator
  ) throws(TorchError) -> ViewWindow {
    // A shift by a part of the side counts twice.
    let x = try generator.uniform(sides.shape, in: -2 * shift...2 * shift)
    let y = try generator.uniform(sides.shape, in: -2 * shift...2 * shift)
    var windows = ViewWindow(width: sides, height: sides, x: x, y: y)
    if !crop.isEmpty {
      let isRandom = try generator.bernoulli(sides.shape, p: randomPlace)
      windows.width = try sides / Double(width)
      windows.height = try sides / Double(height)
      windows.x = try x + centres(of: sides, in: width, isRandom, generator)
      windows.y = try y + centres(of: sides, in: height, isRandom, generator)
    } else if randomPlace > 0 {
      let isRandom = try generator.bernoulli(sides.shape, p: randomPlace)
      let room = try (sides * -1 + 1).clamped(min: 0) * isRandom
      windows.x = try x + generator.uniform(sides.shape, in: -1...1) * room
      windows.y = try y + generator.uniform(sides.shape, in: -1...1) * room
    }
    return windows
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
