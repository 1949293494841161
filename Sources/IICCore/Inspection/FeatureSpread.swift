import Foundation
public import Torch

/// How much features differ between items, beside what they have in common.
///
/// A head's first weights are small and random. What all items share moves every item's probabilities alike; what tells
/// items apart must not drown in it, nor be tiny beside 1, or gradients are too small for training to begin.
public struct FeatureSpread: Sendable, Encodable {
  /// The least that training can be expected to begin with. In trials with three blobs all were found from 0.15 on, two
  /// at 0.06 and 0.045, and nothing at 0.02 and below.
  public static let least = 0.05

  /// The deviation of a feature over items: the root of the mean variance.
  public let deviation: Double
  /// The root of the mean squared mean of a feature.
  public let level: Double

  private enum CodingKeys: String, CodingKey { case deviation, level, relative }

  /// The deviation in units of the level, or of 1 where that is larger.
  public var relative: Double { deviation / max(level, 1) }

  /// Whether items are all nearly alike.
  public var isFlat: Bool { !(relative >= Self.least) }

  /// What is wrong with features that are flat, and what helps.
  public var message: String {
    "features of all items are nearly alike: they differ by \(String(format: "%.2g", 100 * relative)) %, where "
      + "\(String(format: "%g", 100 * Self.least)) % are needed for training to begin; normalise what the encoder ends "
      + "with, by batch normalisation before the last activation for one, and look whether samples differ enough"
  }

  /// Measures features `[n, F]`.
  public init(_ features: Tensor) throws(TorchError) {
    let values = try features.to(.float64)
    let mean = try values.mean([0], keepingDimensions: true)
    let apart = try values - mean
    deviation = try (apart * apart).mean().item().squareRoot()
    level = try (mean * mean).mean().item().squareRoot()
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(deviation, forKey: .deviation)
    try container.encode(level, forKey: .level)
    try container.encode(relative, forKey: .relative)
  }
}
