import ArgumentParser
import Foundation
import IICCore

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Clusters a run's data with its weights and compares the clusters with the labels, if there are any.")

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print figures as one JSON object; everything else goes to standard error.")
  var json = false

  func run() throws {
    try reportingErrors {
      let folder = try RunFolder.open(at: runPath)
      let document = try ManifestDocument(path: folder.manifest.path(percentEncoded: false))
      let experiment = try Experiment(document, registry: modalities)
      let seed = experiment.configuration.training.seed
      let network = try experiment.makeNetwork(random: RandomStream(seed: seed))
      try Weights.read(best ? folder.bestWeights : folder.lastWeights, into: network)
      let figures = try EvaluationReport(
        experiment.assignments(of: network), labels: experiment.dataset.labels)
      let report = RunReport(folder, experiment, figures)
      if json { return try Console.printJSON(report) }
      Console.print(Table.scores([("IIC by loss", figures.byLoss), ("IIC by labels", figures.byLabels)]))
      Console.print(report.clusterLine)
    }
  }
}
