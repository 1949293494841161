import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest

struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a classifier from a run's encoder by the labels of a few items.",
    discussion: """
      A new run begins with the encoder of the one that is named and learns the given labels by cross-entropy: its clusters \
      are the classes, by number. Everything that works with a run works with it: resume, assign, report, export. Items with \
      a given label are in no figure.
      Example: iic finetune runs/a --labels ten-per-class.csv --run runs/a-classes
      --scratch trains the same network on these labels alone, to see what the run's encoder adds.
      """)

  @Argument(help: ArgumentHelp("The run folder to begin with.", valueName: "run"))
  var source: String

  @OptionGroup var labels: LabelOptions

  @Option(help: "The factor of the learning rate for the encoder's weights.")
  var trunkRate = 0.1

  @Flag(help: "Keep the encoder as it is.")
  var frozen = false

  @Flag(help: "Begin with the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Begin with random weights.")
  var scratch = false

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard trunkRate > 0, trunkRate.isFinite else {
      throw ValidationError(
        "--trunk-rate \(trunkRate): expected a number above 0; --frozen keeps the encoder as it is")
    }
    guard !(frozen && scratch) else {
      throw ValidationError("--scratch begins at random, which --frozen would keep")
    }
  }

  func run() throws {
    try reportingErrors {
      let past = try FinishedRun(at: source, best: best, overrides: [], registry: registry, cache: .announced)
      guard !past.network.isDense else {
        throw UserError("\(source): clusters the places of items; labels here are of whole items")
      }
      let labelled = try labels.read(of: past.experiment.dataset)
      let manifest = past.folder.manifest.path(percentEncoded: false)
      let document = try ManifestDocument(
        path: manifest, overrides: settings(past, labelled) + options.overrides, isResolved: true)
      let (folder, experiment, result) = try options.train(document)
      if labelled.classNames != nil {
        try RunModel(at: folder.path, registry: registry).name(
          Array(0..<labelled.classCount), as: labelled.className)
      }
      let report = RunReport(folder, experiment, result.last)
      if options.json { return try Console.printJSON(report.adding(training: result)) }
      Console.print(Table.render(report.figures.rows, columns: report.figures.columns))
      Console.print(report.summary(result))
      Console.note("next: \(Program.current.name) assign \(folder.path) NEW --out labels.csv")
    }
  }

  /// What the manifest of the run says otherwise.
  private func settings(_ past: FinishedRun, _ labelled: LabelledItems) -> [String] {
    let configuration = past.experiment.configuration
    let weights = (best ? past.folder.bestWeights : past.folder.lastWeights).absoluteURL.path(percentEncoded: false)
    var objective = "{name: classification, "
    if let path = labels.labels {
      objective += "labels: \(ManifestDraft.quoted(URL(filePath: path).absoluteURL.path(percentEncoded: false)))}"
    } else {
      objective += "parts: [\((labels.partNames ?? []).map(ManifestDraft.quoted).joined(separator: ", "))]}"
    }
    var trunk = "{rate: \(trunkRate)"
    if !scratch { trunk += ", weights: \(ManifestDraft.quoted(weights))" } else { trunk = "{rate: 1" }
    if frozen { trunk += ", frozen: [encoder]" }
    let items = labelled.items.count
    let repeats = configuration.training.repeats
    // About 600 steps, of up to 128 items.
    let perStep = max(2, min(128, items))
    let epochs = max(10, min(600, 600 * perStep / max(1, items)))
    let name = "\(configuration.name)-\(scratch ? "scratch" : "finetuned")"
    var values = [
      "name=\(ManifestDraft.quoted(name))", "objective=\(objective)", "trunk=\(trunk)}", "heads.auxiliary=null",
      "heads.main={clusters: \(max(2, labelled.classCount)), subheads: 1}", "evaluation.mapping=null",
      "training.epochs=\(epochs)", "training.batch=\(perStep * repeats)", "training.restarts.count=1",
      "training.scheme=together", "training.idleHeads=rest",
      // What fits the run's steps and epochs need not fit these.
      "training.pieces=1", "evaluation.every=null",
    ]
    if let parts = configuration.evaluation.parts ?? configuration.heads.main.parts {
      values.append("evaluation.parts=[\(parts.map(ManifestDraft.quoted).joined(separator: ", "))]")
    }
    return values
  }
}
