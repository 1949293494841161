import Foundation
import Torch

/// Trains an experiment and keeps what comes of it in a run folder.
public struct TrainingRun {
  /// The figures of a finished run.
  public struct Result: Sendable, Encodable {
    /// After the last epoch.
    public let last: EvaluationReport
    /// After the epoch of lowest main loss.
    public let best: EvaluationReport
    /// The epoch of lowest main loss, counted from 0.
    public let bestEpoch: Int
    /// The time spent training, all restarts included, seconds.
    public let trainingSeconds: Double
    /// Pairs trained on per second of training.
    public let pairsPerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case last, best
      case bestEpoch = "best_epoch"
      case trainingSeconds = "training_seconds"
      case pairsPerSecond = "pairs_per_second"
    }
  }

  /// What the run is made of, for whoever wants to repeat it.
  struct Receipt: Encodable {
    let name, modality, dataSHA256, libtorch, precision, device: String
    let items, seed, threads: Int
    let pairsSHA256: String?
  }

  private let experiment: Experiment
  private let folder: RunFolder

  /// Prepares a run in a new folder.
  public init(_ experiment: Experiment, in folder: RunFolder) {
    self.experiment = experiment
    self.folder = folder
  }

  /// Trains to the end, evaluates and writes everything. `observe` sees each event after it is recorded.
  public func start(observe: (TrainingEvent) throws -> Void = { _ in }) throws -> Result {
    try folder.write(Data(experiment.resolvedYAML.utf8), to: folder.manifest)
    try folder.write(json: receipt, to: folder.receipt)
    var seconds = 0.0, pairs = 0
    var best = (epoch: 0, loss: Double.infinity)
    let network = try experiment.train { event in
      guard case .epoch(var record, let state) = event else { return try observe(event) }
      seconds += record.seconds
      pairs += record.pairs
      let loss = record.lowestLoss(of: HeadsConfiguration.main)
      if loss < best.loss {
        best = (record.epoch, loss)
        try Weights.write(state.current.network, to: folder.bestWeights)
      }
      if let every = experiment.configuration.evaluateEvery, (record.epoch + 1) % every == 0 {
        record.evaluation = try report(state.current.network)
      }
      try folder.append(metrics: record)
      try observe(.epoch(record, state))
    }
    try Weights.write(network, to: folder.lastWeights)
    let assignments = try experiment.assignments(of: network)
    try folder.write(assignments, of: experiment.dataset)
    let last = try EvaluationReport(assignments, labels: experiment.dataset.labels)
    try Weights.read(folder.bestWeights, into: network)
    let result = Result(
      last: last, best: try report(network), bestEpoch: best.epoch, trainingSeconds: seconds,
      pairsPerSecond: seconds > 0 ? Double(pairs) / seconds : 0)
    try folder.write(json: result, to: folder.evaluation)
    return result
  }

  private func report(_ network: ClusteringNetwork) throws -> EvaluationReport {
    try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
  }

  private var receipt: Receipt {
    let configuration = experiment.configuration
    return Receipt(
      name: configuration.name, modality: configuration.modalityName,
      dataSHA256: experiment.dataset.description.contentHash, libtorch: Runtime.version,
      precision: experiment.precision.rawValue, device: configuration.training.device.description,
      items: experiment.dataset.count, seed: configuration.training.seed, threads: Runtime.threads,
      pairsSHA256: experiment.pairsHash)
  }
}
