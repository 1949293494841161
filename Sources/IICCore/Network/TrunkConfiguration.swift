public import Foundation
public import Manifest

/// What the encoder begins with and how it learns: the `trunk` section of a manifest.
public struct TrunkConfiguration: Sendable, ManifestSection {
  /// By what batch normalisation in the encoder normalises while the heads are trained.
  public enum Statistics: String, CaseIterable, Sendable {
    /// By those of the batch, and the running ones move.
    case batch
    /// By the running ones, which stay as they are: for steps of few items.
    case running
  }

  /// A safetensors file with the weights of a network whose encoder is taken, such as a run's; nil leaves the encoder with
  /// those that were drawn, or those of `encoder.weights`.
  public var weights: URL?
  /// The beginnings of names of tensors that are neither read from the file nor looked for in it.
  public var ignored: [String] = []
  /// The factor of the learning rate for the encoder's weights.
  public var rate = 1.0
  /// The beginnings of the names of weights that stay as they are.
  public var frozen: [String] = []
  /// By what batch normalisation normalises.
  public var statistics = Statistics.batch

  /// An encoder that learns as the heads do.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    let path = try section(
      "weights", .path, default: nil,
      "safetensors file of a network whose encoder is the first one, as a run folder's weights.safetensors; its heads are "
        + "not read; if absent, the encoder begins as its own section says")
    weights = path.map { URL(filePath: $0) }
    ignored = try section(
      "ignored", .list(of: .string), default: ignored,
      "beginnings of the names of tensors that are not taken: [encoder.layer4] where the encoder has fewer stages than the "
        + "file's; else each must be in the file and in the encoder")
    try section.requires("ignored", of: "weights", weights != nil, "without trunk.weights")
    rate = try section(
      "rate", .number(in: .positive), default: rate, "factor of the learning rate for the encoder's weights")
    frozen = try section(
      "frozen", .list(of: .string), default: frozen,
      "beginnings of the names of weights that stay as they are: [encoder] is all of the encoder")
    statistics = try section(
      "statistics", .choice, default: isFrozen ? .running : statistics,
      "by what batch normalisation in the encoder normalises in training: batch, the items of a step; running, the "
        + "encoder's averages, which then stay as they are; if absent, running where all of it is frozen")
  }

  /// Whether a tensor of the file is not taken.
  func isIgnored(_ name: String) -> Bool { name.hasPrefix("heads.") || ignored.contains { name.hasPrefix($0) } }

  /// Whether no weight of the encoder moves.
  var isFrozen: Bool { frozen.contains { "encoder.".hasPrefix($0) } }

  func isFrozen(_ name: String) -> Bool { frozen.contains { name.hasPrefix($0) } }
}
