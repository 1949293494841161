public import Manifest
import Torch

/// When, on what and how a network is evaluated: the `evaluation` section of a manifest.
public struct EvaluationConfiguration: ManifestSection, Sendable {
  /// The statistics by which batch normalisation normalises evaluated items.
  public enum Statistics: String, CaseIterable, Sendable {
    /// The running ones of the training.
    case running
    /// Those of the items that are evaluated together: about as many as in a step of the training, from two thirds to one
    /// and a half times as many unless there are fewer in all.
    case batch

    var pass: Pass {
      switch self {
      case .running: .evaluation
      case .batch: .batchStatistics
      }
    }
  }

  /// After every how many epochs the network is evaluated; nil is only at the end.
  public var every: Int?
  /// The parts of the data that are clustered; nil is what the main head is trained on.
  public var parts: [String]?
  /// What batch normalisation normalises by.
  public var statistics = Statistics.running
  /// By whose labels clusters are mapped to classes, to be scored on `parts`; nil maps none.
  public var mapping: MappingConfiguration?

  /// The defaults: at the end, of what the main head is trained on.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    every = try section(
      "every", .integer(in: 1...1_000_000), default: nil, "epochs between evaluations; if absent, at the end")
    parts = try section(
      "parts", .list(of: .string), default: nil,
      "parts of the data that are clustered; if absent, those of the main head")
    statistics = try section(
      "statistics", .choice, default: statistics,
      "what batch normalisation normalises by: running, the training's averages; batch, those of the items evaluated "
        + "together, in their order, about as many as in a training step: batch / repeats")
    mapping = try section.read(
      MappingConfiguration.self, at: "mapping", default: nil,
      "maps clusters to classes, many to one, by the labels of other items than those that are clustered; if absent, "
        + "no label is used but to compare with")
  }
}
