import IICCore
import Manifest
public import Torch

/// A square of a view that shows nothing (DeVries and Taylor, 2017), so that no single part decides.
public struct Cutout: Sendable {
  /// How often there is one.
  public var probability = 0.0
  /// Its side, as a part of the view's.
  public var side = 0.2...0.7

  /// None.
  public init() {}

  /// Views `[n, C, H, W]` to the same shape; the square is 0, at a random place inside, and as large as is drawn.
  public func callAsFunction(_ views: Tensor, generator: RandomGenerator) throws(TorchError) -> Tensor {
    guard probability > 0 else { return views }
    let (n, height, width) = (views.shape[0], views.shape[2], views.shape[3])
    let half = try generator.uniform([n, 1], in: side.lowerBound / 2...side.upperBound / 2)
    // None has a side of 0.
    let reach = try half * generator.bernoulli([n, 1], p: probability)
    func inside(_ count: Int) throws(TorchError) -> Tensor {
      let place = try half + generator.uniform([n, 1], in: 0...1) * (half * -2 + 1)
      let centres = try Tensor((0..<count).map { (Float($0) + 0.5) / Float(count) }, shape: [1, count])
      let distance = try centres - place
      return try (distance * distance - reach * reach < 0).to(.float32)
    }
    let (rows, columns) = (try inside(height), try inside(width))
    let covered = try rows.reshaped([n, 1, height, 1]) * columns.reshaped([n, 1, 1, width])
    return try views * (covered * -1 + 1).to(views.device)
  }
}

extension Cutout {
  /// Reads a view's keys of it; those that are absent keep `defaults`.
  init(from section: SectionReader, defaults: Cutout) throws(ManifestError) {
    probability = try section(
      "cutout", .number(in: 0...1), default: defaults.probability, "how often a square of it shows nothing")
    let bounds = try section(
      "cutoutSide", .list(of: .number(in: 0.01...1)),
      default: [defaults.side.lowerBound, defaults.side.upperBound],
      "least and largest side of that square, part of the view's")
    try section.requires("cutoutSide", of: "cutout", probability > 0, "without cutout")
    guard bounds.count == 2, bounds[0] <= bounds[1] else {
      throw section.error("cutoutSide", "found \(bounds); expected two numbers, the smaller first")
    }
    side = bounds[0]...bounds[1]
  }
}
