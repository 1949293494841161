import Glibc
import Torch

/// What two steps of training cost, and what the whole run would by that.
public struct TrialSteps: Sendable, Encodable {
  /// The time of the second step, seconds; the first one also sets things up.
  public let secondsPerStep: Double
  /// The steps of an epoch.
  public let stepsPerEpoch: Int
  /// The epochs of the run, those of initialisations that are given up included.
  public let epochs: Int
  /// The most memory that this process has held so far, bytes.
  public let memoryBytes: Int
  /// The numbers that the optimiser moves.
  public let parameters: Int

  /// The time that the run would train, seconds; evaluation is not counted.
  public var trainingSeconds: Double { secondsPerStep * Double(stepsPerEpoch * epochs) }

  private enum CodingKeys: String, CodingKey {
    case epochs, parameters
    case secondsPerStep = "seconds_per_step"
    case stepsPerEpoch = "steps_per_epoch"
    case memoryBytes = "memory_bytes"
    case trainingSeconds = "training_seconds"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(secondsPerStep, forKey: .secondsPerStep)
    try container.encode(stepsPerEpoch, forKey: .stepsPerEpoch)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(memoryBytes, forKey: .memoryBytes)
    try container.encode(parameters, forKey: .parameters)
    try container.encode(trainingSeconds, forKey: .trainingSeconds)
  }

  /// Takes the steps and forgets what they learned. Throws if the data does not allow a step.
  init(_ experiment: Experiment) throws {
    struct Enough: Error {}
    let trainer = try experiment.trainer()
    let state = try trainer.initialState()
    var steps = 0, perEpoch = 0
    var start = ContinuousClock.now
    var last = Duration.zero
    do {
      _ = try trainer.train(state) { event in
        guard case .step(_, let count, _) = event else { return }
        (last, start) = (ContinuousClock.now - start, .now)
        (steps, perEpoch) = (steps + 1, count)
        if steps == 2 { throw Enough() }
      }
    } catch is Enough {}
    secondsPerStep = last / .seconds(1)
    stepsPerEpoch = perEpoch
    parameters = state.current.network.parameters.reduce(0) { $0 + $1.count }
    let training = experiment.configuration.training
    epochs = training.epochs + (training.restarts.count - 1) * training.restarts.epochs
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    // Linux counts kilobytes.
    memoryBytes = usage.ru_maxrss * 1024
  }
}

extension Inspector {
  /// Trains two steps to see what they cost.
  public func trial() throws -> TrialSteps { try TrialSteps(experiment) }
}
