import Files
import Foundation
import Torch

/// Keeps a run's folder up to date while it trains: the best weights, the lines of metrics, checkpoints.
final class RunRecorder: TrainingObserver {
  let best: BestWeights
  let log: EpochLog
  let store: CheckpointStore
  private let checkpoints: Checkpoints

  init(_ experiment: Experiment, _ folder: RunFolder) {
    let configuration = experiment.configuration
    best = BestWeights(at: folder.bestWeights, hasRestarts: configuration.training.restarts.count > 1)
    log = EpochLog(folder)
    store = CheckpointStore(folder: folder.checkpoints, keep: configuration.checkpoint.keep)
    checkpoints = Checkpoints(experiment, store, best: best, bestWeights: folder.bestWeights, log: log)
  }

  func see(_ event: TrainingEvent) throws {
    // Before anything of the epoch replaces what is good.
    if case .epoch(_, let state) = event { try state.checkFinite() }
    // In this order, for a checkpoint says what the others have come to.
    for observer in [best, log, checkpoints] as [any TrainingObserver] { try observer.see(event) }
  }

  /// Goes back to a checkpoint: what was recorded after it is cut off, and its best weights are the run's again.
  func take(_ state: CheckpointState?, best file: URL?) throws {
    try log.take(state?.log ?? EpochLog.Position())
    try best.take(state?.bestWeights ?? BestWeights.Position(), from: file)
  }

  /// Writes a checkpoint now.
  func checkpoint(_ training: TrainingState) throws { try checkpoints.write(training) }

  /// Waits until all is on the disk.
  func finish() throws {
    try checkpoints.finish()
    try best.finish()
  }
}

/// Writes checkpoints: at the end of each epoch, and within one when the manifest says so.
private final class Checkpoints: TrainingObserver {
  /// What is written at a time. A checkpoint names the best weights, so they come to the disk before it.
  private struct Work: Sendable {
    /// Weights that no checkpoint before this one has named.
    let best: SafetensorsFile?
    let checkpoint: Checkpoint
  }

  private let experiment: Experiment
  private let best: BestWeights
  private let bestWeights: URL
  private let log: EpochLog
  private let writer: BackgroundWriter<Work>
  private var lastCheckpoint = ContinuousClock.now
  private var stepsSince = 0

  init(_ experiment: Experiment, _ store: CheckpointStore, best: BestWeights, bestWeights: URL, log: EpochLog) {
    self.experiment = experiment
    self.best = best
    self.bestWeights = bestWeights
    self.log = log
    let records = log.records
    writer = BackgroundWriter { older, newer in
      Work(best: newer.best ?? older.best, checkpoint: newer.checkpoint)
    } write: { work in
      try work.best?.write(to: bestWeights)
      // The checkpoint says how long these are, so they must not come to the disk after it.
      for record in records where FileManager.default.fileExists(atPath: record.path(percentEncoded: false)) {
        try WholeFile.synchronize(record)
      }
      try store.write(work.checkpoint)
    }
  }

  func see(_ event: TrainingEvent) throws {
    switch event {
    case .chosen: break
    case .step(let step, let count, let state):
      stepsSince += 1
      let configuration = experiment.configuration.checkpoint
      let elapsed = (ContinuousClock.now - lastCheckpoint) / .seconds(60)
      // The end of an epoch writes one itself.
      if step < count, elapsed >= configuration.minutes || stepsSince >= configuration.steps ?? .max {
        try write(state)
      }
    case .epoch(_, let state): try write(state)
    }
  }

  /// Copies the state and hands it over to be written.
  func write(_ training: TrainingState) throws {
    try training.current.settle()
    let state = CheckpointState(
      manifest: experiment.resolvedYAML, dataSHA256: experiment.dataset.description.contentHash,
      pairsSHA256: experiment.pairsHash, program: ProgramVersion.number, swift: ProgramVersion.swift,
      libtorch: Runtime.version, threads: Runtime.threads, training: training.position, log: log.position,
      bestWeights: best.position)
    try writer.submit(
      Work(best: best.takeUnsaved(), checkpoint: Checkpoint(training, state, best: bestWeights)))
    (lastCheckpoint, stepsSince) = (.now, 0)
  }

  /// Waits until all is on the disk.
  func finish() throws { try writer.finish() }
}
