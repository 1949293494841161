import Foundation
public import Manifest

/// The learning rate as a function of how much of the run is done.
public struct LearningRateSchedule: Sendable, ManifestSection {
  /// The shapes offered.
  public enum Shape: String, CaseIterable, Sendable {
    /// The same rate throughout.
    case constant
    /// Half a cosine from the rate down to `finalFraction` of it.
    case cosine
  }

  /// The rate at the start.
  public var learningRate = 2e-3
  /// How it changes.
  public var shape = Shape.cosine
  /// The last rate as a fraction of the first, for `cosine`.
  public var finalFraction = 0.02

  /// The defaults.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    learningRate = try section(
      "learningRate", .number(in: .positive), default: learningRate, "learning rate at the start")
    shape = try section("schedule", .choice, default: shape, "how the learning rate changes over the run")
    finalFraction = try section(
      "finalLearningRate", .number(in: 0...1), default: finalFraction,
      "last learning rate as a fraction of the first, for cosine")
    try section.requires("finalLearningRate", of: "schedule", shape == .cosine, "without schedule: cosine")
  }

  /// The rate when `progress`, from 0 to 1, of the run is done.
  public func rate(at progress: Double) -> Double {
    switch shape {
    case .constant: learningRate
    case .cosine:
      learningRate * (finalFraction + (1 - finalFraction) * (1 + cos(.pi * progress)) / 2)
    }
  }
}
