import ArgumentParser
import Foundation
import IICCore

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Clusters a run's data with its weights and compares the clusters with the labels, if there are any.",
    discussion: """
      The sub-head is the one that was chosen when the run ended, by its loss over the run's own items, so that a \
      cluster has the same number on whatever data. Data that changed since the run are warned of, on standard error \
      and under "warnings" in JSON.
      Example: iic evaluate runs/a --set data.source=new.zip
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print figures as one JSON object; everything else goes to standard error.")
  var json = false

  @Flag(
    name: .customLong("kmeans"),
    help:
      "Also cluster the samples as they are and the encoder's features, or places by what each looks like, with k-means, where labels are known."
  )
  var kMeans = false

  @OptionGroup var settings: RunSettings

  func run() throws {
    try reportingErrors {
      let run = try FinishedRun(at: runPath, best: best, settings)
      let (figures, problems) = try run.report()
      Console.warn(problems)
      var report = RunReport(run.folder, run.experiment, figures, warnings: run.warnings + problems)
      let baselines = kMeans ? try Baseline.all(run.experiment, run.network) : []
      report = report.adding(baselines)
      defer { report.warn() }
      if json { return try Console.printJSON(report) }
      Console.print(Table.render(baselines.map(\.row) + figures.rows, columns: figures.columns))
      Console.print(report.clusterLines)
    }
  }
}
