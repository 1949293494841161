import Foundation
import Torch

/// Keeps a run's folder up to date while it trains: metrics, the best weights, checkpoints.
final class RunRecorder {
  /// What is written at a time. A checkpoint names the best weights, so they come to the disk before it.
  private struct Work: Sendable {
    /// Weights that no checkpoint before this one has named.
    let best: SafetensorsFile?
    let checkpoint: Checkpoint
  }

  private(set) var progress = CheckpointState.Progress()
  let store: CheckpointStore

  private let experiment: Experiment
  private let folder: RunFolder
  private let writer: BackgroundWriter<Work>
  private let configuration: CheckpointConfiguration
  private var newBest: SafetensorsFile?
  private var lastCheckpoint = ContinuousClock.now
  private var stepsSince = 0

  init(_ experiment: Experiment, _ folder: RunFolder) {
    self.experiment = experiment
    self.folder = folder
    configuration = experiment.configuration.checkpoint
    let store = CheckpointStore(folder: folder.checkpoints, keep: configuration.keep)
    self.store = store
    writer = BackgroundWriter { older, newer in
      Work(best: newer.best ?? older.best, checkpoint: newer.checkpoint)
    } write: { work in
      try work.best?.write(to: folder.bestWeights)
      // The checkpoint says how long these are, so they must not come to the disk after it.
      for record in [folder.metrics, folder.timing]
      where FileManager.default.fileExists(atPath: record.path(percentEncoded: false)) {
        try WholeFile.synchronize(record)
      }
      try store.write(work.checkpoint)
    }
  }

  /// Goes back to a checkpoint: what was recorded after it is cut off, and its best weights are the run's again.
  func take(_ progress: CheckpointState.Progress, best: URL?) throws {
    try folder.truncate(folder.metrics, to: progress.metricsLength)
    try folder.truncate(folder.timing, to: progress.timingLength)
    if let best {
      do {
        try WholeFile.share(best, as: folder.bestWeights)
      } catch {
        throw DataError("\(folder.bestWeights.path(percentEncoded: false)): cannot be written: \(error)")
      }
    }
    self.progress = progress
  }

  /// Records an event and returns it, completed by an evaluation where one is due.
  func record(_ event: TrainingEvent) throws -> TrainingEvent {
    switch event {
    case .chosen(_, _, let state):
      try compare(state.current)
      return event
    case .step(let step, let count, let state):
      stepsSince += 1
      let elapsed = (ContinuousClock.now - lastCheckpoint) / .seconds(60)
      // The end of an epoch writes one itself.
      if step < count, elapsed >= configuration.minutes || stepsSince >= configuration.steps ?? .max {
        try checkpoint(state)
      }
      return event
    case .epoch(var record, let state):
      // Before anything of the epoch replaces what is good.
      try state.checkFinite()
      try finish(&record, state)
      try checkpoint(state)
      return .epoch(record, state)
    }
  }

  private func finish(_ record: inout EpochRecord, _ state: TrainingState) throws {
    progress.seconds += record.seconds
    progress.pairs += record.pairs
    // Of several initialisations all but one are discarded.
    let isAlone = experiment.configuration.training.restarts.count == 1
    if isAlone || !state.isTrying { try compare(state.current) }
    if let every = experiment.configuration.evaluation.every, (record.epoch + 1) % every == 0 {
      record.evaluation = try experiment.report(of: state.current.network)
    }
    progress.metricsLength += try folder.append(record.metrics, to: folder.metrics)
    progress.timingLength += try folder.append(record.timing, to: folder.timing)
  }

  /// Keeps the weights of a candidate at the end of an epoch, if none before had a lower loss.
  private func compare(_ candidate: Candidate) throws {
    guard candidate.loss < progress.bestLoss ?? .infinity else { return }
    let weights = try Weights.file(of: candidate.network)
    (progress.bestEpoch, progress.bestLoss) = (candidate.record.epoch, candidate.loss)
    progress.bestSHA256 = try weights.checksum()
    newBest = weights
  }

  /// Copies the state and hands it over to be written.
  func checkpoint(_ training: TrainingState) throws {
    try training.current.settle()
    let state = CheckpointState(
      manifest: experiment.resolvedYAML, dataSHA256: experiment.dataset.description.contentHash,
      pairsSHA256: experiment.pairsHash, program: ProgramVersion.number, swift: ProgramVersion.swift,
      libtorch: Runtime.version, threads: Runtime.threads, isTrying: training.isTrying,
      current: training.current.position, best: training.best?.position, progress: progress)
    try writer.submit(Work(best: newBest, checkpoint: Checkpoint(training, state, best: folder.bestWeights)))
    (newBest, lastCheckpoint, stepsSince) = (nil, .now, 0)
  }

  /// Waits until all is on the disk.
  func finish() throws {
    try writer.finish()
    // Best weights that no checkpoint names yet: training ended with the choice among initialisations.
    try newBest?.write(to: folder.bestWeights)
    newBest = nil
  }
}
