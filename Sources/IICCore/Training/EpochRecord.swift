import Torch

/// What happens while a network is trained.
public enum TrainingEvent {
  /// So many steps of an epoch are done.
  case step(Int, of: Int, TrainingState)
  /// An epoch is done; the state is at the beginning of the next.
  case epoch(EpochRecord, TrainingState)
  /// Of several initialisations one was chosen to go on.
  case chosen(restart: Int, loss: Double)
}

/// The figures of one epoch: a line of `metrics.jsonl`.
public struct EpochRecord: Sendable, Encodable {
  /// The initialisation that was trained, counted from 0.
  public let restart: Int
  /// The epoch, counted from 0.
  public let epoch: Int
  /// The steps taken.
  public private(set) var steps = 0
  /// The pairs trained on.
  public private(set) var pairs = 0
  /// The time spent training, seconds; evaluation is not counted.
  public private(set) var seconds = 0.0
  /// Of these, the time spent waiting for pairs of views.
  public private(set) var waiting = 0.0
  /// The learning rate of the last step.
  public private(set) var learningRate = 0.0
  /// The mean loss of each sub-head over the epoch, nats, by the heads' names.
  public private(set) var losses: [String: [Double]] = [:]
  /// The steps that each head was trained in.
  private var headSteps: [String: Int] = [:]
  /// What an evaluation after this epoch found.
  public var evaluation: EvaluationReport?

  private enum CodingKeys: String, CodingKey {
    case restart, epoch, steps, pairs, seconds, waiting, losses, evaluation
    case learningRate = "learning_rate"
  }

  init(restart: Int, epoch: Int) {
    self.restart = restart
    self.epoch = epoch
  }

  /// Pairs per second of training.
  public var pairsPerSecond: Double { seconds > 0 ? Double(pairs) / seconds : 0 }

  /// The mean loss of a head's best sub-head, nats.
  public func lowestLoss(of head: String) -> Double { losses[head]?.min() ?? .infinity }

  mutating func add(_ value: ObjectiveValue, pairs: Int, rate: Double, duration: Duration, waiting: Duration) throws
  {
    for (name, part) in value.parts {
      let new = try part.doubles()
      guard new.allSatisfy(\.isFinite) else {
        throw DataError(
          "training: the loss of head \(name) is not finite (epoch \(epoch), step \(steps)); "
            + "try a smaller training.learningRate, or training.precision float32")
      }
      let old = losses[name] ?? new
      let count = headSteps[name, default: 0] + 1
      headSteps[name] = count
      losses[name] = zip(old, new).map { $0 + ($1 - $0) / Double(count) }
    }
    steps += 1
    self.pairs += pairs
    seconds += duration / .seconds(1)
    self.waiting += waiting / .seconds(1)
    learningRate = rate
  }
}
