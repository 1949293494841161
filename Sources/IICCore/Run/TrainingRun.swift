import Files
import Foundation
import Glibc
import Torch

/// Trains an experiment and keeps what comes of it in a run folder.
public struct TrainingRun {
  /// The figures of a finished run: `evaluation.json`.
  public struct Result: Sendable, Codable {
    /// After the last epoch.
    public let last: EvaluationReport
    /// After the epoch of lowest main loss.
    public let best: EvaluationReport
    /// The SHA-256 of the weights that `last` and `best` are of; absent in runs of older programs.
    public let lastSHA256, bestSHA256: String?
    /// The epoch of lowest main loss, counted from 0.
    public let bestEpoch: Int
    /// The time spent training, all restarts included, seconds.
    public let trainingSeconds: Double
    /// Pairs trained on per second of training.
    public let pairsPerSecond: Double
    /// The name of each class, by its number; nil where classes have no names.
    public let classes: [String]?

    private enum CodingKeys: String, CodingKey {
      case last, best, classes
      case lastSHA256 = "weights_sha256"
      case bestSHA256 = "best_weights_sha256"
      case bestEpoch = "best_epoch"
      case trainingSeconds = "training_seconds"
      case pairsPerSecond = "pairs_per_second"
    }
  }

  private let experiment: Experiment
  private let folder: RunFolder

  /// Prepares a run in a folder.
  public init(_ experiment: Experiment, in folder: RunFolder) {
    self.experiment = experiment
    self.folder = folder
  }

  /// Trains to the end, evaluates and writes everything.
  ///
  /// - Parameters:
  ///   - shouldStop: asked after every step and epoch, while clusters are merged, and before each evaluation at the
  ///     end; if true, `Trainer.Stopped` is thrown, with a checkpoint written.
  ///   - observe: sees each event after it is recorded.
  public func start(
    shouldStop: () -> Bool = { false }, observe: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> Result {
    guard !experiment.resolvedYAML.isEmpty else {
      throw UserError("\(folder.path): found an experiment without a manifest, which a run folder must have")
    }
    let lock = try RunLock(folder)
    defer { withExtendedLifetime(lock) {} }
    // Another process may have begun since the folder was made.
    try folder.checkUnused()
    return try begin(experiment, RunRecorder(experiment, folder), shouldStop, observe)
  }

  /// Goes on from the newest checkpoint that is whole: later metrics and the final weights are those of a run that
  /// was never interrupted, bit for bit, on the same machine with the same threads. A run that ended before its first
  /// checkpoint begins again.
  ///
  /// The file of the encoder's initial weights, if there is one, is needed only as long as initialisations begin, and then
  /// must be the same.
  ///
  /// - Parameter note: is told what had to be passed over, and of another version of Swift.
  /// - Throws: if no checkpoint can be read, or if the manifest, the data, the version of this program or that of libtorch
  ///   are not those of the run; `training.epochs` may have grown.
  public func resume(
    shouldStop: () -> Bool = { false }, note: (String) -> Void = { _ in },
    observe: (TrainingEvent) throws -> Void = { _ in }
  ) throws -> Result {
    let lock = try RunLock(folder)
    defer { withExtendedLifetime(lock) {} }
    let recorder = RunRecorder(experiment, folder)
    for place in [folder.url, folder.checkpoints] { WholeFile.removeLeftovers(in: place) }
    let found = try recorder.store.newest()
    for message in found.passedOver { note(message) }
    // Where there is a checkpoint, it says the same but for the initial weights.
    let receipt = found.checkpoint == nil ? try folder.readReceipt() : try? folder.readReceipt()
    var known = experiment
    known.initialWeightsHash = receipt?.encoderWeightsSHA256
    guard let checkpoint = found.checkpoint else {
      guard found.passedOver.isEmpty else {
        throw UserError(
          "\(folder.path): no checkpoint can be read; nothing was changed; the run can still be evaluated")
      }
      try checkUntrained(recorder.store, receipt)
      note("\(folder.path): no checkpoint was written yet; training starts at the beginning")
      try recorder.take(nil, best: nil)
      return try begin(known, recorder, shouldStop, observe)
    }
    try ResumeCheck(checkpoint.state, folder: folder.path).verify(experiment)
    if checkpoint.state.swift != ProgramVersion.swift {
      note(
        "\(folder.path): the run's program was built by Swift \(checkpoint.state.swift), this one by "
          + "\(ProgramVersion.swift): last digits of figures may differ")
    }
    let trainer = try known.trainer()
    let state = try trainer.state(at: checkpoint.state.training)
    try checkpoint.restore(state)
    try folder.checkLabels(of: experiment)
    try recorder.take(checkpoint.state, best: checkpoint.best)
    try folder.write(Data(experiment.resolvedYAML.utf8), to: folder.manifest)
    recorder.store.remove(found.damaged)
    return try train(trainer, state, recorder, shouldStop, observe)
  }

  /// Throws if a run without a checkpoint had come further than to its first one, or is not this experiment's.
  private func checkUntrained(_ store: CheckpointStore, _ receipt: Receipt?) throws {
    let hasResult = FileManager.default.fileExists(atPath: folder.lastWeights.path(percentEncoded: false))
    // The folder of checkpoints is made before the first step, and the first line comes before the first checkpoint.
    guard !hasResult, store.exists || folder.size(of: folder.metrics) == 0 else {
      let found = hasResult ? "a finished network" : "metrics of epochs"
      throw UserError(
        "\(folder.path): has \(found) and no checkpoint to go on from; nothing was changed; train in another folder"
      )
    }
    let manifest = try String(contentsOf: folder.manifest, encoding: .utf8)
    try ResumeCheck(manifest: manifest, receipt, folder: folder.path).verify(experiment)
  }

  private func begin(
    _ given: Experiment, _ recorder: RunRecorder, _ shouldStop: () -> Bool,
    _ observe: (TrainingEvent) throws -> Void
  ) throws -> Result {
    var experiment = given
    // Before anything is written: initial weights may not fit.
    let state = try experiment.trainer().initialState()
    experiment.initialWeightsHash = try state.current.network.initialWeights?.hash()
    try folder.write(Data(experiment.resolvedYAML.utf8), to: folder.manifest)
    let receipt = Receipt(experiment, encoderWeightsSHA256: experiment.initialWeightsHash)
    try folder.write(json: receipt, to: folder.receipt)
    try folder.write(json: experiment.data.fitted, to: folder.fitted)
    try folder.writeLabels(of: experiment)
    try recorder.store.prepare()
    // Other initialisations begin with the same file.
    return try train(experiment.trainer(), state, recorder, shouldStop, observe)
  }

  private func train(
    _ trainer: Trainer, _ state: TrainingState, _ recorder: RunRecorder, _ shouldStop: () -> Bool,
    _ observe: (TrainingEvent) throws -> Void
  ) throws -> Result {
    let network: ClusteringNetwork
    do {
      // What asks in between comes at the beginning of an epoch; the checkpoint of the one before is on its way.
      network = try trainer.train(
        state,
        observe: { event in
          try recorder.see(event)
          if case .step(_, _, let state) = event, shouldStop() {
            try recorder.checkpoint(state)
            throw Trainer.Stopped()
          }
          try observe(event)
          if case .epoch = event, shouldStop() { throw Trainer.Stopped() }
        }, shouldStop: shouldStop)
    } catch is Trainer.Stopped {
      try recorder.finish()
      throw Trainer.Stopped()
    } catch {
      // What was handed over before is brought to the disk, whatever stopped the training.
      try? recorder.finish()
      throw error
    }
    try recorder.finish()
    return try evaluate(network, recorder, shouldStop)
  }

  private func evaluate(
    _ network: ClusteringNetwork, _ recorder: RunRecorder, _ shouldStop: () -> Bool
  ) throws -> Result {
    guard !shouldStop() else { throw Trainer.Stopped() }
    let weights = try Weights.file(of: network)
    try weights.write(to: folder.lastWeights)
    let found = try experiment.result(of: network)
    try folder.write(found, of: experiment.dataset)
    let last = try experiment.report(on: found)
    guard !shouldStop() else { throw Trainer.Stopped() }
    try Weights.read(folder.bestWeights, into: network)
    let seconds = recorder.log.position.seconds
    let result = Result(
      last: last, best: try experiment.report(of: network), lastSHA256: try weights.checksum(),
      bestSHA256: recorder.best.position.sha256, bestEpoch: recorder.best.position.epoch, trainingSeconds: seconds,
      pairsPerSecond: seconds > 0 ? Double(recorder.log.position.pairs) / seconds : 0,
      classes: experiment.dataset.description.classNames)
    try folder.write(json: result, to: folder.evaluation)
    return result
  }
}

/// Keeps a second process out of a run folder. The system releases it when the process ends, however it ends.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock. Throws if another process has it, or if the file system has no locks.
  init(_ folder: RunFolder) throws(UserError) {
    let path = folder.url.appending(path: RunFolder.lockName).path(percentEncoded: false)
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw UserError("\(path): \(String(cString: strerror(errno)))") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      guard code == EWOULDBLOCK else {
        throw UserError("\(path): cannot be locked: \(String(cString: strerror(code)))")
      }
      throw UserError("\(folder.path): another process is training in this run folder")
    }
    // Last, so that an initialiser that throws leaves nothing to `deinit`: it has closed the file itself.
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
