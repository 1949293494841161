import ArgumentParser
import Foundation
import IICCore

/// What a command that uses a run may set: the data and how they are shown, not the network.
struct RunSettings: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: "A key of the run's manifest to set, about data or evaluation: evaluation.parts=[test]. May be repeated.")
  var overrides: [String] = []

  /// What has an effect on a network that is trained.
  private static let sections = [
    "data", "pairs", "views", "evaluation", "training.precision", "training.threads", "training.device",
  ]

  func validate() throws {
    for override in overrides {
      let key = override.prefix { $0 != "=" }
      let isKnown = Self.sections.contains { key == $0 || key.hasPrefix("\($0).") }
      guard !isKnown else { continue }
      throw ValidationError(
        "--set \(override): has no effect on a network that is trained; expected a key of "
          + Self.sections.joined(separator: ", "))
    }
  }
}

/// A run folder opened again, with its network. The file of initial weights, if there was one, is not needed.
struct FinishedRun {
  let folder: RunFolder
  let experiment: Experiment
  let network: ClusteringNetwork
  /// What the user should know of the data, and of how they differ from those that the run was trained on.
  let warnings: [String]

  /// Opens the data and the weights of the last epoch, or of the one of lowest loss. Warns of what is to be known.
  init(at path: String, best: Bool, _ settings: RunSettings) throws {
    folder = try RunFolder.open(at: path)
    let document = try ManifestDocument(
      path: folder.manifest.path(percentEncoded: false), overrides: settings.overrides, isResolved: true)
    experiment = try Experiment(document, registry: modalities, cache: .announced)
    warnings = experiment.warnings + folder.dataChanges(experiment)
    // First, for data that changed may not fit the network.
    Console.warn(warnings)
    network = try experiment.makeNetwork(weights: best ? folder.bestWeights : folder.lastWeights)
  }
}
