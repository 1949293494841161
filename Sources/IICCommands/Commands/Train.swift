import ArgumentParser
import Foundation
import IICCore
import Manifest
import Torch

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a network as a manifest says and clusters the data with it.",
    discussion: """
      A run folder keeps the resolved manifest, weights, metrics and the cluster of every item.
      Example: iic train samples/fashion-mnist/iic.yaml --set training.epochs=2

      An interrupted run goes on as if it had never stopped, and a finished one with more epochs:
      iic train --resume runs/NAME --set training.epochs=20
      That takes the same version of this program and of libtorch, the same data, and as many threads.

      SIGINT, SIGTERM and SIGHUP stop it with a checkpoint. A pipe that is closed, as by | head, does not.
      """)

  @Argument(help: "The manifest, a YAML file; with --resume it may be left out.")
  var manifest: String?

  @Option(help: "The folder of a run to go on with from its last checkpoint.")
  var resume: String?

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard manifest != nil || resume != nil else {
      throw ValidationError("name a manifest, or a run folder with --resume")
    }
    guard resume == nil || options.runPath == nil else {
      throw ValidationError("--run names a new run folder; with --resume the run stays in its own")
    }
  }

  func run() throws {
    try reportingErrors {
      let past = try resume.map { path throws in try RunFolder.open(at: path) }
      let path = manifest ?? past?.manifest.path(percentEncoded: false) ?? ""
      let document = try ManifestDocument(
        path: path, overrides: options.overrides, isResolved: manifest == nil || RunFolder.isManifestOfRun(path))
      let (folder, experiment, result) = try options.train(document, resuming: past)
      let report = RunReport(folder, experiment, result.last)
      defer { report.warn() }
      if options.json { return try Console.printJSON(report.adding(training: result)) }
      Console.print(Table.render(report.figures.rows, columns: report.figures.columns))
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

  /// Trains with a progress line, in a new run folder or on from the last checkpoint in `past`.
  func train(
    _ document: ManifestDocument, resuming past: RunFolder? = nil
  ) throws -> (folder: RunFolder, experiment: Experiment, result: TrainingRun.Result) {
    let experiment = try Experiment(document, registry: registry, cache: .announced)
    Console.warn(experiment.warnings)
    let configuration = experiment.configuration
    // What the data does not allow is refused before a folder is made.
    _ = try experiment.trainer()
    let folder = try past ?? RunFolder.create(at: runPath ?? Self.freshPath(named: configuration.name))
    let device = configuration.training.device
    Console.note(
      "\(configuration.name): \(experiment.dataset.count) items, \(experiment.precision.rawValue)"
        + (device == .cpu ? "" : " on \(device)") + ", run \(folder.path)")
    let progress = ProgressLine(configuration, items: experiment.trainedItemCount)
    StopSignals.watch()
    let run = TrainingRun(experiment, in: folder)
    do {
      let result =
        past == nil
        ? try run.start(shouldStop: { StopSignals.wantsStop }, observe: progress.show)
        : try run.resume(shouldStop: { StopSignals.wantsStop }, note: Console.note, observe: progress.show)
      progress.finish()
      return (folder, experiment, result)
    } catch is Trainer.Stopped {
      progress.finish()
      Console.note("stopped; go on with: \(Program.current.name) train --resume \(folder.path)")
      throw ExitCode(StopSignals.exitStatus)
    }
  }

  private static func freshPath(named name: String) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyyMMdd-HHmmss"
    let label = String(name.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" })
    let base = "runs/\(label)-\(format.string(from: Date()))"
    var (path, count) = (base, 1)
    while FileManager.default.fileExists(atPath: path) {
      count += 1
      path = "\(base)-\(count)"
    }
    return path
  }
}
