import Files
import Torch

/// The figures of one epoch.
public struct EpochRecord: Sendable, Codable {
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
  /// How the main head uses its clusters.
  public internal(set) var usage = ClusterUsage()
  /// What an evaluation after this epoch found.
  public var evaluation: EvaluationReport?

  init(restart: Int, epoch: Int) {
    self.restart = restart
    self.epoch = epoch
  }

  /// How the main head uses its clusters, in figures; nil if it was not trained.
  public var usageFigures: ClusterUsage.Figures? { usage.figures(losses: losses[HeadsConfiguration.main] ?? []) }

  /// Pairs per second of training.
  public var pairsPerSecond: Double { seconds > 0 ? Double(pairs) / seconds : 0 }

  /// The mean loss of a head's best sub-head, nats.
  public func lowestLoss(of head: String) -> Double { losses[head]?.min() ?? .infinity }

  mutating func add(_ value: ObjectiveValue, pairs: Int, rate: Double) throws {
    for (name, part) in value.parts {
      let new = try part.doubles()
      guard new.allSatisfy(\.isFinite) else {
        throw UserError.notFinite("the loss of head \(name)", epoch: epoch, step: steps + 1)
      }
      let old = losses[name] ?? new
      let count = headSteps[name, default: 0] + 1
      headSteps[name] = count
      losses[name] = zip(old, new).map { $0 + ($1 - $0) / Double(count) }
    }
    steps += 1
    self.pairs += pairs
    learningRate = rate
  }

  /// Takes the objective's value on items set apart.
  mutating func add(validation: Double) { losses[ItemTargets.validation] = [validation] }

  mutating func add(duration: Duration, waiting: Duration) {
    seconds += duration / .seconds(1)
    self.waiting += waiting / .seconds(1)
  }
}

extension EpochRecord {
  /// A line of `metrics.jsonl`: what equal seeds repeat, bit for bit.
  struct Metrics: Encodable {
    let restart, epoch, steps, pairs: Int
    let learningRate: Double
    let losses: [String: [Double]]
    let usage: ClusterUsage.Figures?
    let evaluation: EvaluationReport?

    private enum CodingKeys: String, CodingKey {
      case restart, epoch, steps, pairs, losses, usage, evaluation
      case learningRate = "learning_rate"
    }
  }

  /// A line of `timing.jsonl`: what depends on the machine.
  struct Timing: Encodable {
    let restart, epoch: Int
    let seconds, waiting, pairsPerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case restart, epoch, seconds, waiting
      case pairsPerSecond = "pairs_per_second"
    }
  }

  var metrics: Metrics {
    Metrics(
      restart: restart, epoch: epoch, steps: steps, pairs: pairs, learningRate: learningRate, losses: losses,
      usage: usageFigures, evaluation: evaluation)
  }

  var timing: Timing {
    Timing(restart: restart, epoch: epoch, seconds: seconds, waiting: waiting, pairsPerSecond: pairsPerSecond)
  }
}
