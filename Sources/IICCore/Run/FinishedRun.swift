import Files
import Foundation
import Manifest

/// A run folder opened again, with its network. The file of initial weights, if there was one, is not needed, and data of
/// any source of the same kind will do: what was fitted to the run's data is the run's.
public struct FinishedRun {
  /// Where it is.
  public let folder: RunFolder
  /// Its manifest made real again, with the data that were opened.
  public let experiment: Experiment
  /// The network of the last epoch, or of the one of lowest loss.
  public let network: ClusteringNetwork
  /// What the user should know of the data, and of how they differ from those that the run was trained on.
  public let warnings: [String]
  let isBest: Bool
  let document: ManifestDocument
  let registry: Registry

  /// Opens the data and the weights of the last epoch or, with `best`, of the one of lowest loss.
  ///
  /// - Parameters:
  ///   - overrides: keys about data or evaluation, as `key.path=value`.
  ///   - warn: is told of the warnings before the weights are read, for data that changed may not fit the network.
  public init(
    at path: String, best: Bool = false, overrides: [String] = [], registry: Registry,
    cache: SampleCache = SampleCache(), warn: ([String]) -> Void = { _ in }
  ) throws {
    folder = try RunFolder.open(at: path)
    self.registry = registry
    // The labels as the run learned them, whatever has become of the file since.
    let labels = folder.labels.absoluteURL.path(percentEncoded: false)
    let own =
      FileManager.default.fileExists(atPath: labels) ? ["objective.labels=\(ManifestDraft.quoted(labels))"] : []
    document = try ManifestDocument(
      path: folder.manifest.path(percentEncoded: false), overrides: own + overrides, isResolved: true)
    experiment = try Experiment(document, registry: registry, cache: cache, fitted: folder.readFitted())
    warnings = experiment.warnings + folder.dataChanges(experiment)
    warn(warnings)
    isBest = best
    network = try experiment.makeNetwork(weights: best ? folder.bestWeights : folder.lastWeights)
  }

  /// A run with other data, opened as `experiment`.
  init(_ run: FinishedRun, _ experiment: Experiment) {
    (folder, network, warnings, isBest) = (run.folder, run.network, run.warnings, run.isBest)
    (document, registry) = (run.document, run.registry)
    self.experiment = experiment
  }

  /// The sub-head whose clusters are the run's. If it is not known, `problem` says why, and the one of lowest loss over
  /// the items at hand is taken.
  public var subhead: (subhead: Int?, problem: String?) {
    folder.chosenSubhead(best: isBest, of: experiment.configuration.heads.main.subheads)
  }

  /// The SHA-256 of the weights that were opened.
  public func weightsSHA256() throws -> String {
    try SHA256.hash(of: isBest ? folder.bestWeights : folder.lastWeights)
  }

  /// The clusters that are the run's, as edits leave them. `problems` says what of that is not known, or left aside.
  public func clusters() throws -> (subhead: Int?, edits: RunFolder.Edits, problems: [String]) {
    let (subhead, problem) = subhead
    let edits = try folder.edits(
      of: experiment.configuration.heads, subhead: subhead ?? 0,
      weights: isBest ? folder.bestWeights : folder.lastWeights)
    return (subhead, edits, [problem].compactMap { $0 } + edits.warnings)
  }

  /// Writes the tables of items, or of their places, and of groups again, as edits leave the clusters; returns the figures.
  public func writeTables() throws -> EvaluationReport {
    let (subhead, edits, _) = try clusters()
    let result = try experiment.result(of: network, subhead: subhead, edited: edits.clusters)
    try folder.write(result, of: experiment.dataset)
    return try experiment.report(on: result)
  }

  /// The figures of the run's clusters, as edits leave them.
  public func report() throws -> (figures: EvaluationReport, problems: [String]) {
    let (subhead, edits, problems) = try clusters()
    return (try experiment.report(of: network, subhead: subhead, edited: edits.clusters), problems)
  }
}
