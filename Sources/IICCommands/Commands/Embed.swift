import ArgumentParser
import Files
import Foundation
import IICCore
import IICReport

struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a run's features of every item as an array that NumPy reads.",
    discussion: """
      Row i is item i of the data: what the encoder makes of its evaluation view, float32 [n, F]. A file that is \
      there already is replaced. Data that changed since the run are warned of.
      --map writes where the items lie in the plane, near ones near each other: id, x, y, cluster. It is computed once and \
      kept in the run; items of other data are placed among the run's, which stay where they are.
      Example: iic embed runs/a --out features.npy --labels-out labels.npy --map map.csv
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Option(help: "The file for the features.")
  var out: String?

  @Option(help: "A CSV file for the items' places in the plane.")
  var map: String?

  @Option(help: "A file for the classes, int64 [n], -1 where unknown.")
  var labelsOut: String?

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @OptionGroup var settings: RunSettings

  func validate() throws {
    guard out != nil || map != nil else { throw ValidationError("name a file: --out, --map or both") }
  }

  func run() throws {
    try reportingErrors {
      let run = try FinishedRun(at: runPath, best: best, settings)
      let dataset = run.experiment.dataset
      guard labelsOut == nil || dataset.labels != nil else {
        throw UserError("--labels-out: the data of \(runPath) has no labels")
      }
      if let out {
        let features = try run.experiment.writeFeatures(of: run.network, to: URL(filePath: out))
        Console.note("\(out): \(dataset.count) items, \(features) features")
      }
      if let map { try write(RunMap.places(of: run), of: run, to: map) }
      guard let labelsOut, let labels = dataset.labels else { return }
      try NPYWriter.write(labels, to: URL(filePath: labelsOut))
      Console.note("\(labelsOut): \(labels.count) labels")
    }
  }

  /// Writes places in the plane as CSV.
  private func write(_ places: [Float], of run: FinishedRun, to path: String) throws {
    let found = try run.clusters()
    let assigned = try run.experiment.assignments(
      of: run.network, subhead: found.subhead, edited: found.edits.clusters)
    var text = "id,x,y,cluster\n"
    for (place, item) in assigned.items.enumerated() {
      let id = CSVField.text(run.experiment.dataset.description.ids[item])
      text += "\(id),\(places[2 * place]),\(places[2 * place + 1]),\(assigned.result[place])\n"
    }
    try WholeFile.save(Data(text.utf8), to: URL(filePath: path))
    Console.note("\(path): \(assigned.items.count) items")
  }
}
