import ArgumentParser
import Foundation
import IICCore
import Torch

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a network as a manifest says and clusters the data with it.",
    discussion: """
      A run folder keeps the resolved manifest, weights, metrics and the cluster of every item.
      Example: iic train samples/fashion-mnist/iic.yaml --set training.epochs=2
      """)

  @Argument(help: "The manifest, a YAML file.")
  var manifest: String

  @OptionGroup var options: TrainingOptions

  func run() throws {
    try reportingErrors {
      let document = try ManifestDocument(path: manifest, overrides: options.overrides)
      let (folder, experiment, result) = try options.train(document)
      let report = RunReport(folder, experiment, result.last)
      if options.json { return try Console.printJSON(report.adding(training: result)) }
      Console.print(
        Table.scores([("IIC by loss", report.figures.byLoss), ("IIC by labels", report.figures.byLabels)]))
      Console.print(report.summary(result))
    }
  }
}

/// What commands that train have in common.
struct TrainingOptions: ParsableArguments {
  @Option(name: .customLong("run"), help: "The run folder; if absent, a new one in runs/.")
  var runPath: String?

  @Option(name: .customLong("set"), help: "A manifest key to set: training.epochs=2. May be repeated.")
  var overrides: [String] = []

  @Flag(help: "Print figures as one JSON object; everything else goes to standard error.")
  var json = false

  /// Trains in a new run folder with a progress line.
  func train(
    _ document: ManifestDocument
  ) throws -> (folder: RunFolder, experiment: Experiment, result: TrainingRun.Result) {
    let experiment = try Experiment(document, registry: modalities)
    let configuration = experiment.configuration
    // What the data does not allow is refused before a folder is made.
    _ = try experiment.trainer()
    let folder = try RunFolder.create(at: runPath ?? Self.freshPath(named: configuration.name))
    Console.note(
      "\(configuration.name): \(experiment.dataset.count) items, \(experiment.precision.rawValue), run \(folder.path)"
    )
    let progress = ProgressLine(configuration.training)
    let result = try TrainingRun(experiment, in: folder).start { progress.show($0) }
    progress.finish()
    return (folder, experiment, result)
  }

  private static func freshPath(named name: String) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyyMMdd-HHmmss"
    let label = String(name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" })
    let base = "runs/\(label)-\(format.string(from: Date()))"
    var path = base
    for count in 2... where FileManager.default.fileExists(atPath: path) { path = "\(base)-\(count)" }
    return path
  }
}
