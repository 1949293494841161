import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest
import Torch

struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what each part of the method adds: trains a manifest without it, for several seeds.",
    discussion: """
      As in the paper: without the auxiliary head, with one sub-head, with one transformed view of an item in a step \
      instead of several, without data for the auxiliary head alone, and with random first clusters instead of merged ones. \
      What a manifest does not have is not left out. Each variant is trained on as many pairs.
      Example: iic ablate samples/fashion-mnist/iic.yaml --seeds 0..2
      """)

  @Argument(help: "The manifest, a YAML file.")
  var manifest: String

  @Option(help: "The seeds of each variant: 0..2, or 0,3,7.")
  var seeds = SeedList([0, 1, 2])

  @OptionGroup var options: TrainingOptions

  /// A manifest without one of its parts.
  struct Variant {
    let name: String
    let overrides: [String]
    /// Why there is nothing to leave out; nil if there is.
    let problem: String?

    /// The variants of what a manifest says, the whole first.
    static func all(of configuration: ExperimentConfiguration) -> [Variant] {
      let (heads, training) = (configuration.heads, configuration.training)
      let (main, auxiliary) = (heads.main, heads.auxiliary)
      let random = ["heads.main.start=0", "heads.main.startFrom=random"]
      // With one head none has to wait for its turn.
      let rest = training.idleHeads == .rest ? [] : ["training.idleHeads=rest"]
      let single = ["heads.main.subheads=1"] + (auxiliary == nil ? [] : ["heads.auxiliary.subheads=1"])
      let own = auxiliary?.parts != nil && auxiliary?.parts != main.parts
      let parts = main.parts.map { "[\($0.map(ManifestDraft.quoted).joined(separator: ", "))]" } ?? "null"
      return [
        Variant(name: "as it is", overrides: [], problem: nil),
        Variant(
          name: "no auxiliary head", overrides: ["heads.auxiliary=null"] + random + rest,
          problem: auxiliary == nil ? "the manifest has none" : nil),
        Variant(
          name: "no merged start", overrides: random,
          problem: main.startFrom == .random ? "the main head starts at random" : nil),
        Variant(
          name: "one sub-head", overrides: single,
          problem: main.subheads == 1 && auxiliary?.subheads ?? 1 == 1 ? "there is only one" : nil),
        Variant(
          name: "one view, r = 1",
          overrides: ["training.repeats=1", "training.epochs=\(training.epochs * training.repeats)"],
          problem: training.repeats == 1 ? "r is 1" : nil),
        Variant(
          name: "no data for the auxiliary head alone", overrides: ["heads.auxiliary.parts=\(parts)"],
          problem: own ? nil : "both heads see the same data"),
      ]
    }
  }

  private struct Row: Encodable {
    let variant: String
    let runs: [String]
    let loss, inUse: [Double]
    let acc: [Double]?

    private enum CodingKeys: String, CodingKey {
      case variant, runs, loss, acc
      case inUse = "clusters_in_use"
    }
  }

  private struct Report: Encodable {
    let rows: [Row]
    let notApplicable: [String: String]

    private enum CodingKeys: String, CodingKey {
      case rows
      case notApplicable = "not_applicable"
    }
  }

  func run() throws {
    try reportingErrors {
      let document = try ManifestDocument(path: manifest, overrides: options.overrides)
      let root = options.freshRun(of: document)
      let whole = try Experiment(document, registry: registry, cache: .announced)
      Console.warn(whole.warnings)
      guard whole.configuration.objective is ClusteringObjective else {
        throw UserError("\(manifest): objective: found another than information, whose parts these are")
      }
      let variants = Variant.all(of: whole.configuration)
      // What a variant does not allow is said before the first one is trained.
      for variant in variants where variant.problem == nil {
        _ = try Experiment(document.setting(variant.overrides), registry: registry, data: whole.data).trainer()
      }
      var rows: [Row] = []
      for variant in variants where variant.problem == nil {
        var (runs, losses, used, accuracies): ([String], [Double], [Double], [Double]) = ([], [], [], [])
        for seed in seeds.values {
          var own = options
          let folder = variant.name.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
          own.runPath = "\(root)/\(folder)/seed-\(seed)"
          let settings = variant.overrides + ["training.seed=\(seed)"]
          let (place, _, result) = try own.train(document.setting(settings), data: whole.data)
          runs.append(place.path)
          losses.append(result.last.byLoss.loss)
          used.append(Double(result.last.clusterCounts.count { $0 > 0 }))
          if let acc = result.last.byLoss.acc { accuracies.append(acc) }
        }
        rows.append(
          Row(
            variant: variant.name, runs: runs, loss: losses, inUse: used, acc: accuracies.isEmpty ? nil : accuracies
          ))
      }
      let left = variants.compactMap { variant in variant.problem.map { (variant.name, $0) } }
      if options.json {
        return try Console.printJSON(
          Report(rows: rows, notApplicable: Dictionary(uniqueKeysWithValues: left)))
      }
      Console.print(Self.text(rows))
      for (name, problem) in left { Console.print("not applicable: \(name): \(problem)") }
      Console.print("run folders \(root)/")
    }
  }

  /// Mean and deviation over seeds, a line for each variant.
  private static func text(_ rows: [Row]) -> String {
    func cell(_ values: [Double], digits: Int, factor: Double = 1) -> String {
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return "\(fixed(factor * mean, digits)) ± \(fixed(factor * variance.squareRoot(), digits))"
    }
    let width = rows.map(\.variant.count).max() ?? 0
    func line(_ name: String, _ cells: [String]) -> String {
      name.left(width) + cells.map { " " + $0.right(17) }.joined()
    }
    let hasLabels = rows.contains { $0.acc != nil }
    return
      ([line("", (hasLabels ? ["accuracy, %"] : []) + ["loss", "clusters in use"])]
      + rows.map { row in
        line(
          row.variant,
          (hasLabels ? [row.acc.map { cell($0, digits: 1, factor: 100) } ?? "-"] : [])
            + [cell(row.loss, digits: 4), cell(row.inUse, digits: 1)])
      }).joined(separator: "\n")
  }
}
