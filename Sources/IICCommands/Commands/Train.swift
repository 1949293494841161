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

      With --seeds 0..2 one run after the other is trained on the same data, and compared without labels.

      SIGINT, SIGTERM and SIGHUP stop it with a checkpoint. A pipe that is closed, as by | head, does not.
      """)

  @Argument(help: "The manifest, a YAML file; with --resume it may be left out.")
  var manifest: String?

  @Option(help: "The folder of a run to go on with from its last checkpoint.")
  var resume: String?

  @Option(help: "Train a run for each of these seeds: 0..2, or 0,3,7. --run then names a folder for all of them.")
  var seeds: SeedList?

  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard seeds == nil || resume == nil else {
      throw ValidationError("--seeds begins new runs; with --resume one goes on")
    }
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
      if let seeds { return try train(document, seeds) }
      let (folder, experiment, result) = try options.train(document, resuming: past)
      let report = RunReport(folder, experiment, result.last)
      defer { report.warn() }
      if options.json { return try Console.printJSON(report.adding(training: result)) }
      Console.print(Table.render(report.figures.rows, columns: report.figures.columns))
      Console.print(report.summary(result))
      let name = Program.current.name
      Console.note("next: \(name) report \(folder.path)")
      if !experiment.configuration.isDense {
        Console.note("      \(name) assign \(folder.path) NEW --out labels.csv, for data that was not trained on")
      }
    }
  }
}

extension Train {
  /// Trains a run for each seed on data that are opened once, and compares them.
  fileprivate func train(_ document: ManifestDocument, _ seeds: SeedList) throws {
    var data: OpenedData?
    var folders: [String] = []
    let root = options.freshRun(of: document)
    for seed in seeds.values {
      var own = options
      own.runPath = "\(root)/seed-\(seed)"
      let manifest = try document.setting(["training.seed=\(seed)"])
      let (folder, experiment, result) = try own.train(manifest, data: data)
      data = experiment.data
      folders.append(folder.path)
      let report = RunReport(folder, experiment, result.last)
      if options.json { try Console.printJSON(report.adding(training: result)) }
      report.warn()
    }
    guard folders.count > 1 else { return }
    let runs = try folders.map { try FinishedRun(at: $0, registry: registry) }
    guard !runs[0].network.isDense else { return Console.print("run folders \(folders.joined(separator: ", "))") }
    let comparison = try RunComparison(runs)
    try comparison.write(to: "\(root)/consensus.csv")
    if options.json { return try Console.printJSON(ComparisonReport(comparison)) }
    Console.print(comparison.text)
    Console.print("consensus of each item: \(root)/consensus.csv")
  }
}

/// Seeds as the command line names them: `0..2` or `0,3,7`.
struct SeedList: ExpressibleByArgument {
  /// The most that are trained at a time.
  private static let limit = 100
  let values: [Int]

  init(_ values: [Int]) { self.values = values }

  var defaultValueDescription: String { values.map(String.init).joined(separator: ",") }

  init?(argument: String) {
    let ends = argument.components(separatedBy: "..").map { Int($0) }
    if ends.count == 2, let first = ends[0], let last = ends[1], 0 <= first, first <= last,
      last - first < Self.limit
    {
      values = Array(first...last)
      return
    }
    let list = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let known = list.compactMap { $0 }.filter { $0 >= 0 }
    guard known.count == list.count, Set(known).count == known.count, known.count <= Self.limit else { return nil }
    values = known
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

  @Flag(help: "Do not show how training goes on.")
  var quiet = false

  /// Trains with a progress line, in a new run folder or on from the last checkpoint in `past`; `data` are those of another
  /// experiment on the same data.
  func train(
    _ document: ManifestDocument, resuming past: RunFolder? = nil, data: OpenedData? = nil
  ) throws -> (folder: RunFolder, experiment: Experiment, result: TrainingRun.Result) {
    let experiment =
      try data.map { try Experiment(document, registry: registry, data: $0) }
      ?? Experiment(document, registry: registry, cache: .announced)
    if data == nil { Console.warn(experiment.warnings) }
    let configuration = experiment.configuration
    // What the data does not allow is refused before a folder is made.
    _ = try experiment.trainer()
    let folder = try past ?? RunFolder.create(at: runPath ?? Self.freshPath(named: configuration.name))
    let device = configuration.training.device
    Console.note(
      "\(configuration.name): \(experiment.dataset.count) items, \(experiment.precision.rawValue)"
        + (device == .cpu ? "" : " on \(device)") + ", run \(folder.path)")
    let progress = ProgressLine(configuration, items: experiment.trainedItemCount, isQuiet: quiet)
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

  /// The folder for the runs of several seeds.
  func freshRun(of document: ManifestDocument) -> String {
    runPath ?? Self.freshPath(named: document.text(of: "name") ?? "run")
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
