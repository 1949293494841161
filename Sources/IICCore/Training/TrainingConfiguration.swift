public import Files
public import Manifest
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
  public var epochs: Int
  /// N, the pairs in a step.
  public var batch: Int {
    get { givenBatch ?? Self.standardBatch / repeats * repeats }
    set { givenBatch = newValue }
  }
  /// As many as were asked for; nil leaves it to the data.
  private(set) var givenBatch: Int?
  /// r, the transformed views of an item in a step.
  public var repeats = 3
  /// In how many pieces a step passes through the network, for the memory of one.
  public var pieces = 1
  /// Whether the heads learn from the same passes.
  public var scheme = Scheme.together
  /// The head whose turn is first in an epoch.
  public var first = HeadName.auxiliary
  /// The order of the heads' turns in an epoch.
  public var order: [HeadName] { first == .main ? [.main, .auxiliary] : [.auxiliary, .main] }
  /// What the optimiser does with the head whose turn it is not.
  public var idleHeads = Optimizer.Idle.rest
  /// After how many epochs without a lower loss training ends early; nil never.
  public var patience: Int?
  /// The optimiser.
  public var optimizer = OptimizerName.adam
  /// The learning rate over time.
  public var schedule = LearningRateSchedule()
  /// The factor of the weights' squared norm in the loss.
  public var weightDecay = 0.0
  /// Initialisations that are tried before one of them is trained to the end.
  public var restarts = RestartConfiguration()
  /// The seed that all of the run's random streams derive from.
  public var seed = 0
  /// The precision of the network; nil is the faster one.
  public var precision: Precision?
  /// The threads an operation may use; nil is one per core.
  public var threads: Int?
  /// The device the network runs on.
  public var device = Device.cpu

  /// The pairs in a step where neither the manifest nor the data says otherwise.
  static let standardBatch = 768

  /// The items in a step, N / r.
  public var itemsPerStep: Int { batch / repeats }

  /// So many epochs, and the defaults.
  public init(epochs: Int) { self.epochs = epochs }

  public init(from section: SectionReader) throws(ManifestError) {
    epochs = try section("epochs", .integer(in: 1...1_000_000), "how often the data is gone through")
    givenBatch = try section(
      "batch", .integer(in: 2...1_000_000), default: nil,
      "N, pairs in a step; the items that are left when an epoch has no whole step more are not trained on in it; if "
        + "absent, \(Self.standardBatch), or less for data that would not make two steps of them")
    repeats = try section(
      "repeats", .integer(in: 1...64), default: repeats, "r, transformed views of an item in a step")
    pieces = try section(
      "pieces", .integer(in: 1...10_000), default: pieces,
      "pieces in which a step passes through the network, one after the other, with the loss and gradients of the whole: "
        + "less memory for one more forward pass; batch normalisation uses the statistics of a piece")
    scheme = try section("scheme", .choice, default: scheme, "whether the heads learn from the same passes")
    first = try section(
      "first", .choice, default: first, "the head whose turn is first in an epoch, with scheme inTurn")
    idleHeads = try section(
      "idleHeads", .choice, default: idleHeads,
      "with scheme inTurn, what the optimiser does with the head whose turn it is not: rest, nothing; coast, it goes "
        + "on with gradients of 0, as the paper's did: Adam's second moment shrinks, the next turn's steps are larger"
    )
    patience = try section(
      "patience", .integer(in: 1...1_000_000), default: nil,
      "training ends early after so many epochs whose loss is no lower than that of an epoch before, of items set apart "
        + "if the objective has such; if absent, after all epochs")
    optimizer = try section("optimizer", .choice, default: optimizer, "optimiser")
    schedule = try LearningRateSchedule(from: section)
    weightDecay = try section(
      "weightDecay", .number(in: 0...1), default: weightDecay, "factor of the weights' squared norm")
    restarts = try section.read(
      RestartConfiguration.self, at: "restarts", "initialisations tried before one is trained to the end")
    seed = try section("seed", .integer, default: seed, "seed of all random streams")
    precision = try section(
      "precision", .choice(of: Precision.self), default: nil,
      "precision of the network; if absent, the faster one on this machine, measured")
    threads = try section("threads", .integer(in: 1...1024), default: nil, "threads; if absent, one per core")
    let deviceName = try section(
      "device", .string, default: device.description,
      "where the network is trained: cpu, cuda, which is the first CUDA device, or cuda:N")
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
      pieces == 1 || itemsPerStep >= 2 * pieces, "pieces",
      "found \(pieces) for steps of \(itemsPerStep) items; expected at most \(itemsPerStep / 2), two items in each")
    try section.check(
      restarts.epochs <= epochs, "restarts", "found \(restarts.epochs) epochs; expected at most the run's \(epochs)"
    )
  }
}

extension TrainingConfiguration {
  /// The values that absent keys have for these heads, trained on so many items at least, as overrides of a manifest.
  func decided(heads: HeadsConfiguration, itemCount: Int) -> [String] {
    var values: [String] = []
    if givenBatch == nil { values.append("batch=\(batch(for: itemCount))") }
    if restarts.count > 1, !restarts.isEpochsGiven { values.append("restarts.epochs=\(restartEpochs(heads))") }
    return values.map { "training.\($0)" }
  }

  /// The same decisions without a manifest.
  func deciding(heads: HeadsConfiguration, itemCount: Int) -> TrainingConfiguration {
    var decided = self
    if givenBatch == nil { decided.batch = batch(for: itemCount) }
    if restarts.count > 1, !restarts.isEpochsGiven { decided.restarts.epochs = restartEpochs(heads) }
    return decided
  }

  /// The usual batch, or less for data that would not make two steps of it.
  private func batch(for itemCount: Int) -> Int {
    repeats * max(2, min(Self.standardBatch / repeats, itemCount / 2))
  }

  /// Late enough that the main head's loss tells a good start from a bad one.
  private func restartEpochs(_ heads: HeadsConfiguration) -> Int {
    let start = heads.main.startEpoch(of: epochs)
    return start + max(1, (epochs - start) / 4)
  }

  /// Throws if a step needs more items than there are.
  public func validate(itemCount: Int) throws(UserError) {
    guard itemsPerStep > itemCount else { return }
    // A step has two items or more: one has no variance to normalise by.
    let allowed =
      itemCount > 1
      ? "which allows a batch of \(itemCount * repeats) at most" : "too few for any batch; expected 2 or more"
    throw UserError(
      "found \(batch) pairs with \(repeats) repeats, which need \(itemsPerStep) items a step; "
        + "the dataset has \(itemCount), \(allowed)", key: "training.batch")
  }
}

/// Several initialisations trained briefly: the one whose main head has the lowest loss goes on.
public struct RestartConfiguration: Sendable, ManifestSection {
  /// What `count` may be in a manifest.
  static let counts = 1...100

  /// The number of initialisations.
  public var count = 1
  /// The epochs each is trained for before one is chosen. The chosen one does not repeat them.
  public var epochs: Int {
    get { givenEpochs ?? 1 }
    set { givenEpochs = newValue }
  }
  private var givenEpochs: Int?
  /// Whether somebody says how many, or when the main head begins decides.
  var isEpochsGiven: Bool { givenEpochs != nil }

  /// A single initialisation.
  public init() {}

  public init(from section: SectionReader) throws(ManifestError) {
    count = try section(
      "count", .integer(in: Self.counts), default: count, "initialisations; the one of lowest loss goes on")
    givenEpochs = try section(
      "epochs", .integer(in: 1...1_000_000), default: nil,
      "epochs before the choice; if absent, a quarter of those in which the main head learns")
    try section.requires("epochs", of: "count", count > 1, "with a single initialisation, count: 1")
  }
}
