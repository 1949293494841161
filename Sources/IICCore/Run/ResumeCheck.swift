import Torch

/// Whether an experiment is the one that a checkpoint belongs to.
struct ResumeCheck {
  private let state: CheckpointState
  private let folder: String

  init(_ state: CheckpointState, folder: String) {
    self.state = state
    self.folder = folder
  }

  /// Throws with the differences if the manifest, the data or what computes are not those of the run.
  func verify(_ experiment: Experiment) throws {
    let old = try ManifestDocument(text: state.manifest, source: "checkpoint")
    let new = try ManifestDocument(text: experiment.resolvedYAML, source: "manifest")
    let epochs = experiment.configuration.training.epochs
    let changes = ManifestDifference.lines(old, new).filter {
      // What does not change a step, and more epochs than are done.
      !$0.key.hasPrefix("checkpoint.") && !($0.key == "training.epochs" && epochs >= state.current.epoch)
    }
    guard changes.isEmpty else {
      throw DataError(
        "\(folder): the manifest is not the run's: \(changes.map(\.text).joined(separator: "; ")); only "
          + "training.epochs may grow and checkpoint may change")
    }
    let hash = experiment.dataset.description.contentHash
    guard hash == state.dataSHA256 else {
      throw DataError("\(folder): the data are not the run's: their SHA-256 was \(state.dataSHA256), is \(hash)")
    }
    guard experiment.pairsHash == state.pairsSHA256 else {
      throw DataError("\(folder): the file of pairs is not the run's")
    }
    guard state.libtorch == Runtime.version, state.threads == Runtime.threads else {
      throw DataError(
        "\(folder): the run had libtorch \(state.libtorch) and \(state.threads) threads, now \(Runtime.version) and "
          + "\(Runtime.threads); with others it would not go on as it began; set training.threads")
    }
  }
}
