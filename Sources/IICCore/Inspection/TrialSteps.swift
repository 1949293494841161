import Files
import Glibc
import Torch

/// What steps of training cost, and what the whole run would by that.
public struct TrialSteps: Sendable, Encodable {
  /// The steps of a run that train the same heads.
  struct Kind: Sendable {
    let heads: [String]
    /// How many there are in the run.
    var count = 0
    /// The time of one, seconds.
    let seconds: Double
  }

  /// The kinds of steps, in the order of their first turns.
  let kinds: [Kind]
  /// The steps of the run.
  public let steps: Int
  /// The steps of an epoch in which all heads learn.
  public let stepsPerEpoch: Int
  /// The epochs of the run, those of initialisations that are given up included.
  public let epochs: Int
  /// The time that the run would train, seconds; evaluation is not counted.
  public let trainingSeconds: Double
  /// The most memory that this process has held so far, bytes.
  public let memoryBytes: Int
  /// The numbers that the optimiser moves.
  public let parameters: Int

  /// The mean time of a step over the run, seconds.
  public var secondsPerStep: Double { trainingSeconds / Double(max(1, steps)) }

  private enum CodingKeys: String, CodingKey {
    case steps, epochs, parameters
    case secondsPerStep = "seconds_per_step"
    case stepsPerEpoch = "steps_per_epoch"
    case memoryBytes = "memory_bytes"
    case trainingSeconds = "training_seconds"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(steps, forKey: .steps)
    try container.encode(secondsPerStep, forKey: .secondsPerStep)
    try container.encode(stepsPerEpoch, forKey: .stepsPerEpoch)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(memoryBytes, forKey: .memoryBytes)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(trainingSeconds, forKey: .trainingSeconds)
  }

  /// Takes steps of every kind and forgets what they learned. Throws if the data does not allow a step.
  init(_ experiment: Experiment) throws {
    let (training, heads) = (experiment.configuration.training, experiment.configuration.heads)
    let trainer = try experiment.trainer()
    let plan = try experiment.plan()
    let state = try trainer.initialState()
    var kinds: [Kind] = []
    var stepsPerEpoch = 0
    for phase in TrialPhase.all(training, heads) {
      let begun = plan.heads(of: phase.first)
      let steps = plan.steps(heads: begun, random: RandomStream(seed: training.seed))
      for (place, step) in steps.enumerated() where !kinds.contains(where: { $0.heads == step.heads }) {
        let seconds = try trainer.secondsOfStep(place, of: phase.first, heads: begun, state)
        kinds.append(Kind(heads: step.heads, seconds: seconds))
      }
      for index in kinds.indices {
        let heads = kinds[index].heads
        kinds[index].count += phase.epochs * steps.count { $0.heads == heads }
      }
      stepsPerEpoch = steps.count
    }
    self.kinds = kinds
    self.stepsPerEpoch = stepsPerEpoch
    steps = kinds.reduce(0) { $0 + $1.count }
    trainingSeconds = kinds.reduce(0) { $0 + $1.seconds * Double($1.count) }
    epochs = training.epochs + (training.restarts.count - 1) * training.restarts.epochs
    parameters = state.current.network.parameters.reduce(0) { $0 + $1.count }
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else {
      throw UserError("the memory of this process cannot be read: \(String(cString: strerror(errno)))")
    }
    // Linux counts kilobytes.
    memoryBytes = usage.ru_maxrss * 1024
  }
}

/// Epochs one after another in which the same heads learn.
private struct TrialPhase {
  /// The first of them, counted from 0.
  let first: Int
  /// How many the run has, those of initialisations that are given up included.
  let epochs: Int

  /// The phases of a run.
  static func all(_ training: TrainingConfiguration, _ heads: HeadsConfiguration) -> [TrialPhase] {
    let firsts = Set(heads.all.map { $0.startEpoch(of: training.epochs) } + [0]).sorted()
    let restarts = training.restarts
    return zip(firsts, firsts.dropFirst() + [training.epochs]).map { first, end in
      let tried = max(0, min(end, restarts.epochs) - first)
      return TrialPhase(first: first, epochs: end - first + (restarts.count - 1) * tried)
    }
  }
}

extension Trainer {
  /// The time of one step, seconds. It is taken twice: the first time also sets things up.
  fileprivate func secondsOfStep(
    _ step: Int, of epoch: Int, heads: Set<String>, _ state: TrainingState
  ) throws -> Double {
    struct Done: Error {}
    state.isTrying = false
    let candidate = state.current
    for _ in 0..<2 {
      (candidate.epoch, candidate.step, candidate.begun) = (epoch, step, heads)
      candidate.record = EpochRecord(restart: candidate.restart, epoch: epoch)
      do {
        _ = try train(state) { event in
          guard case .step = event else { return }
          try candidate.settle()
          throw Done()
        }
      } catch is Done {}
    }
    return candidate.record.seconds
  }
}

extension Inspector {
  /// Trains two steps of every kind to see what they cost.
  public func trial() throws -> TrialSteps { try TrialSteps(experiment) }
}
