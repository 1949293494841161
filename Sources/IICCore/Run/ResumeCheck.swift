import Files
import Manifest
import Torch

/// Whether an experiment is the one that a run is of.
struct ResumeCheck {
  /// The run's folder, for messages.
  private let folder: String
  private let manifest: String
  private let dataSHA256: String?
  private let pairsSHA256: String?
  /// The version of this program by which the run began; nil if it ended before that was written.
  private let program: String?
  /// What computed the run's steps; nil before the first.
  private let computing: (libtorch: String, threads: Int)?

  /// What a checkpoint says of its run.
  init(_ state: CheckpointState, folder: String) {
    self.folder = folder
    (manifest, dataSHA256, pairsSHA256) = (state.manifest, state.dataSHA256, state.pairsSHA256)
    (program, computing) = (state.program, (state.libtorch, state.threads))
  }

  /// What a run's folder says before there is a checkpoint; no receipt if the run ended before it was written.
  init(manifest: String, _ receipt: Receipt?, folder: String) {
    self.folder = folder
    self.manifest = manifest
    (dataSHA256, pairsSHA256) = (receipt?.dataSHA256, receipt?.pairsSHA256)
    // A receipt without a version is of an older program.
    (program, computing) = (receipt.map { $0.program ?? "below \(ProgramVersion.number)" }, nil)
  }

  /// Throws with the differences if the manifest, the data or what computes are not those of the run.
  func verify(_ experiment: Experiment) throws {
    guard program ?? ProgramVersion.number == ProgramVersion.number else {
      throw UserError(
        "\(folder): the run had iic \(program ?? ""), found \(ProgramVersion.number); with another version it would not "
          + "go on as it began; it can still be evaluated")
    }
    try verifyManifest(experiment)
    let data = experiment.dataset.description.contentHash
    if let dataSHA256 {
      guard data == dataSHA256 else {
        throw UserError("\(folder): the data are not the run's: \(Receipt.difference(dataSHA256, data))")
      }
      guard experiment.pairsHash == pairsSHA256 else {
        throw UserError(
          "\(folder): the table of pairs is not the run's: \(Receipt.difference(pairsSHA256, experiment.pairsHash))"
        )
      }
    }
    guard let computing else { return }
    guard computing.libtorch == Runtime.version else {
      throw UserError(
        "\(folder): the run had libtorch \(computing.libtorch), found \(Runtime.version); with another it would not "
          + "go on as it began")
    }
    let threads = experiment.configuration.training.threads ?? Runtime.threads
    guard computing.threads == threads else {
      throw UserError(
        "\(folder): the run had \(computing.threads) threads, found \(threads); with others it would not go on as it "
          + "began; set training.threads=\(computing.threads)")
    }
  }

  private func verifyManifest(_ experiment: Experiment) throws {
    let old = try ManifestDocument(text: manifest, source: "\(folder)/manifest.yaml")
    let new = try ManifestDocument(text: experiment.resolvedYAML, source: "manifest")
    let key = "training.epochs"
    let epochs = old.text(of: key).flatMap { Int($0) }
    let hasGrown = epochs.map { experiment.configuration.training.epochs >= $0 } ?? false
    let changes = ManifestDifference.lines(old, new).filter {
      // What does not change a step, more epochs, and threads, whose number counts however it comes about.
      !$0.key.hasPrefix("checkpoint.") && $0.key != "training.threads" && !($0.key == key && hasGrown)
    }
    guard changes.isEmpty else {
      throw UserError(
        "\(folder): the manifest is not the run's: \(changes.map(\.text).joined(separator: "; ")); only "
          + "training.epochs may grow and checkpoint may change")
    }
  }
}
