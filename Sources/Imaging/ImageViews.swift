public import IICCore
public import Torch

/// The `views` section of a manifest about images: how two views of an image are made, and the one to evaluate by.
public struct ImageViews: Sendable, ManifestSection {
  /// The side of a view.
  public let size: Int
  /// How the two sides of a pair are made.
  public let base, transformed: Augmentation
  /// The part of the image's side that the evaluation view shows, around the centre.
  private let evaluationScale: Double

  public init(from section: SectionReader) throws(ManifestError) {
    size = try section.integer("size", default: 28, in: 8...1024, "side of a view, pixels")
    base = try section.section("base", "the base view") { section throws(ManifestError) in
      try Augmentation(from: section, defaults: .mild)
    }
    transformed = try section.section("transformed", "the transformed view") { section throws(ManifestError) in
      try Augmentation(from: section, defaults: .full)
    }
    evaluationScale = try section.number(
      "evaluationScale", default: 0.875, in: 0.1...2, "part of the side shown for evaluation, around the centre")
  }

  /// The view for evaluation: the centre, resized to `size`.
  public func evaluation(_ images: Tensor) throws(TorchError) -> Tensor {
    let row = [Float(evaluationScale), 0, 0, 0, Float(evaluationScale), 0]
    let count = images.shape.first ?? 0
    let theta = try Tensor(row, shape: [1, 2, 3]).repeated([count, 1, 1])
    return try images.affineSampled(by: theta, height: size, width: size).channelsLast()
  }
}
