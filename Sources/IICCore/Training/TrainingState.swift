public import Torch

/// Where training is: enough to go on from here as if it had never stopped.
///
/// What is drawn for a step depends on the seed and the step's name alone, so no generator's state is part of it.
public final class TrainingState {
  /// The initialisation that is trained now.
  public internal(set) var current: Initialisation
  /// Of the initialisations tried so far, the one of lowest loss; nil before the first is done and once one is chosen.
  public internal(set) var best: Initialisation?
  /// Whether initialisations are still being tried.
  public internal(set) var isTrying: Bool

  init(current: Initialisation, best: Initialisation? = nil, isTrying: Bool) {
    self.current = current
    self.best = best
    self.isTrying = isTrying
  }
}

/// One initialisation and what training has made of it.
public final class Initialisation {
  /// Its number, counted from 0.
  public let restart: Int
  /// Its network.
  public let network: ClusteringNetwork
  /// What moves the network's parameters.
  public let optimizer: Optimizer
  /// The epoch it is in, counted from 0.
  public internal(set) var epoch = 0
  /// The steps done in this epoch.
  public internal(set) var step = 0
  /// The heads that have begun to learn.
  public internal(set) var begun: Set<String> = []
  /// What items are to be given, if the objective has targets.
  let targets: TargetState?
  /// The lowest loss of a whole epoch, and that epoch; nil before there is one.
  var lowest: Lowest?
  /// The figures of this epoch so far.
  public internal(set) var record: EpochRecord
  /// The figures of the last steps that are not recorded yet, the oldest first.
  var unread: [StepFigures] = []
  /// The mean loss of the main head's best sub-head over the last whole epoch, nats.
  public internal(set) var loss = Double.infinity

  let random: RandomStream

  /// Begins an initialisation; one whose weights come from a checkpoint is not new.
  init(
    _ restart: Int, _ configuration: TrainingConfiguration,
    _ makeNetwork: (RandomStream) throws -> ClusteringNetwork, targetedItems: Int?, isNew: Bool = true
  ) throws {
    self.restart = restart
    targets = try targetedItems.map(TargetState.init)
    random = RandomStream(seed: configuration.seed).child("restart", restart)
    network = try makeNetwork(random.child("weights"))
    if isNew { try network.takeInitialWeights() }
    record = EpochRecord(restart: restart, epoch: 0)
    let rate = configuration.schedule.learningRate
    optimizer =
      switch configuration.optimizer {
      case .adam:
        try .adam(
          network.parameterGroups, learningRate: rate, weightDecay: configuration.weightDecay,
          idle: configuration.idleHeads)
      case .sgd:
        try .sgd(
          network.parameterGroups, learningRate: rate, weightDecay: configuration.weightDecay,
          idle: configuration.idleHeads)
      }
  }
}

extension Initialisation {
  /// Where an initialisation is, beside its tensors.
  struct Position: Sendable, Codable {
    let restart, epoch, step: Int
    /// Absent before the first epoch is done.
    let loss: Double?
    /// The heads that have begun to learn.
    let begun: [String]
    let record: EpochRecord
    /// Absent before the first epoch is done.
    let lowest: Lowest?
  }

  /// The epoch of lowest loss.
  struct Lowest: Sendable, Codable {
    let loss: Double
    /// Counted from 0.
    let epoch: Int
  }

  /// Takes the loss of an epoch that is done.
  func take(loss: Double) {
    self.loss = loss
    guard loss < lowest?.loss ?? .infinity else { return }
    lowest = Lowest(loss: loss, epoch: epoch)
  }

  /// Whether so many epochs have gone by since the lowest loss; never for nil.
  func isStuck(patience: Int?) -> Bool {
    guard let patience, let lowest else { return false }
    return epoch > lowest.epoch + patience
  }

  /// The initialisation at a checkpoint's position, with initial weights.
  convenience init(
    _ position: Position, _ configuration: TrainingConfiguration,
    _ makeNetwork: (RandomStream) throws -> ClusteringNetwork, targetedItems: Int?
  ) throws {
    try self.init(position.restart, configuration, makeNetwork, targetedItems: targetedItems, isNew: false)
    (epoch, step, record) = (position.epoch, position.step, position.record)
    begun = Set(position.begun)
    loss = position.loss ?? .infinity
    lowest = position.lowest
  }

  /// Where it is, for a checkpoint.
  var position: Position {
    Position(
      restart: restart, epoch: epoch, step: step, loss: loss.isFinite ? loss : nil, begun: begun.sorted(),
      record: record, lowest: lowest)
  }

  /// Everything that a step changes: the network and what the optimiser keeps.
  func tensors() throws(TorchError) -> [(name: String, tensor: Tensor)] {
    network.state.map { ("network.\($0.name)", $0.tensor) }
      + (try optimizer.state).map { ("optimizer.\($0.name)", $0.tensor) }
      + (targets.map { [("targets", $0.tensor)] } ?? [])
  }
}

extension TrainingState {
  /// Where training is, beside its tensors.
  struct Position: Sendable, Codable {
    let isTrying: Bool
    let current: Initialisation.Position
    let best: Initialisation.Position?
  }

  /// Where it is, for a checkpoint.
  var position: Position { Position(isTrying: isTrying, current: current.position, best: best?.position) }

  /// Everything that a step changes, of all initialisations that are kept.
  func tensors() throws(TorchError) -> [(name: String, tensor: Tensor)] {
    var tensors = try current.tensors().map { (name: "current.\($0.name)", tensor: $0.tensor) }
    if let best { tensors += try best.tensors().map { (name: "best.\($0.name)", tensor: $0.tensor) } }
    return tensors
  }
}

/// What happens while a network is trained.
public enum TrainingEvent {
  /// So many steps of an epoch are done.
  case step(Int, of: Int, TrainingState)
  /// An epoch is done, and evaluated where that is due; the state is at the beginning of the next.
  case epoch(EpochRecord, TrainingState)
  /// Of several initialisations one was chosen to go on.
  case chosen(restart: Int, loss: Double, TrainingState)
}

/// Follows a training. Several may follow one: each sees an event after those before it, and none changes it.
public protocol TrainingObserver: AnyObject {
  /// Takes notice of what has happened. What is thrown ends the training.
  func see(_ event: TrainingEvent) throws
}
