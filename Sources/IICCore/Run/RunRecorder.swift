import Foundation
import Torch

/// Keeps a run's folder up to date while it trains: metrics, the best weights, checkpoints.
final class RunRecorder {
  private(set) var progress = CheckpointState.Progress()
  let store: CheckpointStore

  private let experiment: Experiment
  private let folder: RunFolder
  private let writer = BackgroundWriter()
  private let configuration: CheckpointConfiguration
  private var lastCheckpoint = ContinuousClock.now
  private var stepsSince = 0

  init(_ experiment: Experiment, _ folder: RunFolder) {
    self.experiment = experiment
    self.folder = folder
    configuration = experiment.configuration.checkpoint
    store = CheckpointStore(folder: folder.checkpoints, keep: configuration.keep)
  }

  /// Goes back to a checkpoint: what was recorded after it is cut off.
  func take(_ progress: CheckpointState.Progress) throws(DataError) {
    try folder.truncate(folder.metrics, to: progress.metricsLength)
    try folder.truncate(folder.timing, to: progress.timingLength)
    self.progress = progress
  }

  /// Records an event and returns it, completed by an evaluation where one is due.
  func record(_ event: TrainingEvent) throws -> TrainingEvent {
    switch event {
    case .chosen: return event
    case .step(let step, let count, let state):
      stepsSince += 1
      let elapsed = (ContinuousClock.now - lastCheckpoint) / .seconds(60)
      // The end of an epoch writes one itself.
      if step < count, elapsed >= configuration.minutes || stepsSince >= configuration.steps ?? .max {
        try checkpoint(state)
      }
      return event
    case .epoch(var record, let state):
      try finish(&record, state.current.network)
      try checkpoint(state)
      return .epoch(record, state)
    }
  }

  private func finish(_ record: inout EpochRecord, _ network: ClusteringNetwork) throws {
    progress.seconds += record.seconds
    progress.pairs += record.pairs
    let loss = record.lowestLoss(of: HeadsConfiguration.main)
    if loss < progress.bestLoss ?? .infinity {
      (progress.bestEpoch, progress.bestLoss) = (record.epoch, loss)
      let weights = try Weights.file(of: network)
      let place = folder.bestWeights
      try writer.submit { try weights.write(to: place) }
    }
    if let every = experiment.configuration.evaluation.every, (record.epoch + 1) % every == 0 {
      record.evaluation = try experiment.report(of: network)
    }
    progress.metricsLength += try folder.append(record.metrics, to: folder.metrics)
    progress.timingLength += try folder.append(record.timing, to: folder.timing)
  }

  /// Copies the state and hands it over to be written.
  func checkpoint(_ training: TrainingState) throws {
    let state = CheckpointState(
      manifest: experiment.resolvedYAML, dataSHA256: experiment.dataset.description.contentHash,
      pairsSHA256: experiment.pairsHash, libtorch: Runtime.version, threads: Runtime.threads,
      isTrying: training.isTrying,
      current: training.current.position, best: training.best?.position, progress: progress)
    let checkpoint = try Checkpoint(training, state)
    let (store, records) = (store, [folder.metrics, folder.timing])
    try writer.submit {
      // The checkpoint says how long these are, so they must not come to the disk after it.
      for record in records where FileManager.default.fileExists(atPath: record.path(percentEncoded: false)) {
        try WholeFile.synchronize(record)
      }
      try store.write(checkpoint)
    }
    (lastCheckpoint, stepsSince) = (.now, 0)
  }

  /// Waits until all is on the disk.
  func finish() throws { try writer.finish() }
}
