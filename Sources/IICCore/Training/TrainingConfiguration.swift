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
  /// Whether the manifest says how many, or the data decides.
  let isBatchGiven: Bool
  /// r, the transformed views of an item in a step.
  public let repeats: Int
  /// Whether the heads learn from the same passes.
  public let scheme: Scheme
  /// The order of the heads' turns in an epoch.
  public let order: [HeadName]
  /// What the optimiser does with the head whose turn it is not.
  public let idleHeads: Optimizer.Idle
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

  /// The pairs in a step where neither the manifest nor the data says otherwise.
  static let standardBatch = 768

  /// The items in a step, N / r.
  public var itemsPerStep: Int { batch / repeats }

  public init(from section: SectionReader) throws(ManifestError) {
    epochs = try section.integer("epochs", in: 1...1_000_000, "how often the data is gone through")
    let given = try section.integer(
      "batch", default: nil, in: 2...1_000_000,
      "N, pairs in a step; the items that are left when an epoch has no whole step more are not trained on in it; if "
        + "absent, \(Self.standardBatch), or less for data that would not make two steps of them")
    repeats = try section.integer("repeats", default: 3, in: 1...64, "r, transformed views of an item in a step")
    isBatchGiven = given != nil
    batch = given ?? Self.standardBatch / repeats * repeats
    scheme = try section.choice("scheme", default: .together, "whether the heads learn from the same passes")
    let first = try section.choice(
      "first", default: HeadName.auxiliary, "the head whose turn is first in an epoch, with scheme inTurn")
    order = first == .main ? [.main, .auxiliary] : [.auxiliary, .main]
    idleHeads = try section.choice(
      "idleHeads", default: .rest,
      "with scheme inTurn, what the optimiser does with the head whose turn it is not: rest, nothing; coast, it goes "
        + "on with gradients of 0, as the paper's did: Adam's second moment shrinks, the next turn's steps are larger"
    )
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
    let deviceName = try section.string(
      "device", default: "cpu", "where the network is trained: cpu, cuda, which is the first CUDA device, or cuda:N"
    )
    device = Device(deviceName) ?? .cpu
    try section.check(
      Device(deviceName) != nil, "device",
      "found \"\(deviceName)\"; expected cpu, cuda, or cuda:N with the number of a CUDA device from 0")
    try section.requires("first", of: "scheme", scheme == .inTurn, "without scheme: inTurn")
    try section.check(
      batch % repeats == 0, "batch", "found \(batch); expected a multiple of repeats, which is \(repeats)")
    try section.check(
      idleHeads == .rest || scheme == .inTurn, "idleHeads",
      "found \(idleHeads.rawValue); with scheme \(scheme.rawValue) no head has to wait for its turn; expected rest, or "
        + "scheme: inTurn")
    // Batch norm has no variance of one item.
    try section.check(
      itemsPerStep > 1, "batch", "found \(batch), one item a step; expected at least twice repeats: \(2 * repeats)")
    try section.check(
      restarts.epochs <= epochs, "restarts", "found \(restarts.epochs) epochs; expected at most the run's \(epochs)"
    )
  }
}

extension TrainingConfiguration {
  /// The values that absent keys have for these heads, trained on so many items at least, as overrides of a manifest.
  func decided(heads: HeadsConfiguration, itemCount: Int) -> [String] {
    var values: [String] = []
    if !isBatchGiven {
      values.append("batch=\(repeats * max(2, min(Self.standardBatch / repeats, itemCount / 2)))")
    }
    if restarts.count > 1, !restarts.isEpochsGiven {
      // Late enough that the main head's loss tells a good start from a bad one.
      let start = heads.main.startEpoch(of: epochs)
      values.append("restarts.epochs=\(start + max(1, (epochs - start) / 4))")
    }
    return values.map { "training.\($0)" }
  }

  /// Throws if a step needs more items than there are.
  public func validate(itemCount: Int) throws(DataError) {
    guard itemsPerStep > itemCount else { return }
    // A step has two items or more: one has no variance to normalise by.
    let allowed =
      itemCount > 1
      ? "which allows a batch of \(itemCount * repeats) at most" : "too few for any batch; expected 2 or more"
    throw DataError(
      "found \(batch) pairs with \(repeats) repeats, which need \(itemsPerStep) items a step; "
        + "the dataset has \(itemCount), \(allowed)", key: "training.batch")
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
  /// Whether the manifest says how many, or when the main head begins.
  let isEpochsGiven: Bool

  public init(from section: SectionReader) throws(ManifestError) {
    count = try section.integer(
      "count", default: 1, in: Self.counts, "initialisations; the one of lowest loss goes on")
    let given = try section.integer(
      "epochs", default: nil, in: 1...1_000_000,
      "epochs before the choice; if absent, a quarter of those in which the main head learns")
    isEpochsGiven = given != nil
    epochs = given ?? 1
    try section.requires("epochs", of: "count", count > 1, "with a single initialisation, count: 1")
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
    learningRate = try section.number("learningRate", default: 2e-3, in: .positive, "learning rate at the start")
    shape = try section.choice("schedule", default: .cosine, "how the learning rate changes over the run")
    finalFraction = try section.number(
      "finalLearningRate", default: 0.02, in: 0...1, "last learning rate as a fraction of the first, for cosine")
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
