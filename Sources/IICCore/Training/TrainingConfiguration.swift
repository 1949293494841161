import Foundation
public import Torch

/// The `training` section of a manifest.
public struct TrainingConfiguration: Sendable, ManifestSection {
  /// The optimisers offered.
  public enum OptimizerName: String, CaseIterable, Sendable { case adam, sgd }

  /// Whether the heads learn from the same passes.
  public enum Scheme: String, CaseIterable, Sendable {
    /// One pass an epoch trains all heads.
    case together
    /// Each head has passes of its own.
    case inTurn
  }

  /// The heads, for the order of their turns.
  public enum HeadName: String, CaseIterable, Sendable { case main, auxiliary }

  /// How often the data is gone through.
  public let epochs: Int
  /// N, the pairs in a step.
  public let batch: Int
  /// r, the transformed views of an item in a step.
  public let repeats: Int
  /// Whether the heads learn from the same passes.
  public let scheme: Scheme
  /// The order of the heads' turns in an epoch.
  public let order: [HeadName]
  /// The optimiser.
  public let optimizer: OptimizerName
  /// The learning rate over time.
  public let schedule: LearningRateSchedule
  /// The factor of the weights' squared norm in the loss.
  public let weightDecay: Double
  /// Initialisations that are tried before one of them is trained to the end.
  public let restarts: RestartConfiguration
  /// The seed that all of the run's random streams derive from.
  public let seed: Int
  /// The precision of the network; nil is the faster one.
  public let precision: Precision?
  /// The threads an operation may use; nil is one per core.
  public let threads: Int?
  /// The device the network runs on.
  public let device: Device

  /// The items in a step, N / r.
  public var itemsPerStep: Int { batch / repeats }

  public init(from section: SectionReader) throws(ManifestError) {
    epochs = try section.integer("epochs", in: 1...1_000_000, "how often the data is gone through")
    batch = try section.integer(
      "batch", default: 768, in: 2...1_000_000,
      "N, pairs in a step; the items that are left when an epoch has no whole step more are not trained on in it")
    repeats = try section.integer("repeats", default: 3, in: 1...64, "r, transformed views of an item in a step")
    scheme = try section.choice("scheme", default: .together, "whether the heads learn from the same passes")
    let first = try section.choice(
      "first", default: HeadName.auxiliary, "the head whose turn is first in an epoch, with scheme inTurn")
    order = first == .main ? [.main, .auxiliary] : [.auxiliary, .main]
    optimizer = try section.choice("optimizer", default: .adam, "optimiser")
    schedule = try LearningRateSchedule(from: section)
    weightDecay = try section.number("weightDecay", default: 0, in: 0...1, "factor of the weights' squared norm")
    restarts = try section.read(
      RestartConfiguration.self, at: "restarts", "initialisations tried before one is trained to the end")
    seed = try section.integer("seed", default: 0, "seed of all random streams")
    precision = try section.choice(
      "precision", default: nil, of: Precision.self,
      "precision of the network; if absent, the faster one on this machine, measured")
    threads = try section.integer("threads", default: nil, in: 1...1024, "threads; if absent, one per core")
    let deviceName = try section.string("device", default: "cpu", "cpu, or cuda:0 and so on")
    let index = deviceName.hasPrefix("cuda:") ? Int(deviceName.dropFirst(5)) : nil
    device = index.map(Device.cuda) ?? .cpu
    try section.check(
      deviceName == "cpu" || (index ?? -1) >= 0, "device",
      "found \"\(deviceName)\"; expected cpu, or cuda:0 and so on")
    try section.check(
      batch % repeats == 0, "batch", "found \(batch); expected a multiple of repeats, which is \(repeats)")
    // Batch norm has no variance of one item.
    try section.check(
      itemsPerStep > 1, "batch", "found \(batch), one item a step; expected at least twice repeats: \(2 * repeats)")
    try section.check(
      restarts.epochs <= epochs, "restarts", "found \(restarts.epochs) epochs; expected at most the run's \(epochs)"
    )
  }
}

extension TrainingConfiguration {
  /// Throws if a step needs more items than there are.
  public func validate(itemCount: Int) throws(DataError) {
    guard itemsPerStep > itemCount else { return }
    throw DataError(
      "found \(batch) pairs with \(repeats) repeats, which need \(itemsPerStep) items a step; "
        + "the dataset has \(itemCount), which allows a batch of \(itemCount * repeats) at most",
      key: "training.batch")
  }
}

/// Several initialisations trained briefly: the one whose main head has the lowest loss goes on.
public struct RestartConfiguration: Sendable, ManifestSection {
  /// What `count` may be in a manifest.
  static let counts = 1...100

  /// The number of initialisations.
  public let count: Int
  /// The epochs each is trained for before one is chosen. The chosen one does not repeat them.
  public let epochs: Int

  public init(from section: SectionReader) throws(ManifestError) {
    count = try section.integer(
      "count", default: 1, in: Self.counts, "initialisations; the one of lowest loss goes on")
    epochs = try section.integer("epochs", default: 1, in: 1...1_000_000, "epochs before the choice")
  }
}

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
  public let learningRate: Double
  /// How it changes.
  public let shape: Shape
  /// The last rate as a fraction of the first, for `cosine`.
  public let finalFraction: Double

  public init(from section: SectionReader) throws(ManifestError) {
    learningRate = try section.number("learningRate", default: 1e-3, in: .positive, "learning rate at the start")
    shape = try section.choice("schedule", default: .constant, "how the learning rate changes over the run")
    finalFraction = try section.number(
      "finalLearningRate", default: 0.02, in: 0...1, "last learning rate as a fraction of the first, for cosine")
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
