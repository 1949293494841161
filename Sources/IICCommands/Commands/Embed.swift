import ArgumentParser
import Files
import Foundation
import IICCore

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a run's features of every item as an array that NumPy reads.",
    discussion: """
      Row i is item i of the data: what the encoder makes of its evaluation view, float32 [n, F]. A file that is \
      there already is replaced. Data that changed since the run are warned of.
      Example: iic embed runs/a --out features.npy --labels-out labels.npy
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Option(help: "The file for the features.")
  var out: String

  @Option(help: "A file for the classes, int64 [n], -1 where unknown.")
  var labelsOut: String?

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @OptionGroup var settings: RunSettings

  func run() throws {
    try reportingErrors {
      let run = try FinishedRun(at: runPath, best: best, settings)
      let dataset = run.experiment.dataset
      guard labelsOut == nil || dataset.labels != nil else {
        throw UserError("--labels-out: the data of \(runPath) has no labels")
      }
      let features = try run.experiment.writeFeatures(of: run.network, to: URL(filePath: out))
      Console.note("\(out): \(dataset.count) items, \(features) features")
      guard let labelsOut, let labels = dataset.labels else { return }
      try NPYWriter.write(labels, to: URL(filePath: labelsOut))
      Console.note("\(labelsOut): \(labels.count) labels")
    }
  }
}
