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

  @Flag(
    name: .customLong("kmeans"), help: "Also cluster the samples as they are with k-means, where labels are known.")
  var kMeans = false

  func run() throws {
    try reportingErrors {
      let run = try FinishedRun(at: runPath, best: best)
      let figures = try run.experiment.report(of: run.network)
      var report = RunReport(run.folder, run.experiment, figures)
      let baseline = kMeans ? try kMeansScores(run.experiment) : nil
      if let baseline { report = report.adding(kMeans: baseline) }
      defer { report.warn() }
      if json { return try Console.printJSON(report) }
      Console.print(
        Table.render([("k-means on samples", baseline.map { [$0.acc, $0.nmi, $0.ari] })] + figures.rows))
      Console.print(report.clusterLines)
    }
  }
}
