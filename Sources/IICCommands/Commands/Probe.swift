import ArgumentParser
import Foundation
import IICCore

struct Probe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says how well simple classifiers tell classes apart by a run's features.",
    discussion: """
      A linear classifier (logistic regression, trained until it has converged), the 20 and 200 nearest labelled items by \
      cosine, and labels that spread along the graph of nearest neighbours are asked about items whose labels were not given. \
      The encoder stays as it is.
      Example: iic probe runs/a --label-parts train --set evaluation.parts=[test]
      With --samples the samples themselves are asked about as well: embeddings that were made elsewhere, or pixels.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @OptionGroup var labels: LabelOptions

  @Option(help: "C of the linear classifier as scikit-learn has it; smaller keeps its weights smaller.")
  var regularisation = 1.0

  @Flag(help: "Also probe the samples as they are.")
  var samples = false

  @OptionGroup var curve: CurveOptions

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print figures as one JSON object.")
  var json = false

  @OptionGroup var settings: RunSettings

  private struct Report: Encodable {
    let run: String
    let labels, scored: Int
    let probes: [Figures]
  }

  private struct Figures: Encodable {
    let input, method: String
    let features: Int
    let acc: Double
    let curve: LabelCurve?
  }

  func validate() throws {
    guard regularisation > 0, regularisation.isFinite else {
      throw ValidationError("--regularisation \(regularisation): expected a number above 0")
    }
  }

  func run() throws {
    try reportingErrors {
      let run = try FinishedRun(at: runPath, best: best, settings)
      let given = try labels.read(beside: run)
      let all = Array(given.labelled.items.indices)
      var found: [Figures] = []
      for (name, input) in [("features", FeatureProbe.Input.features), ("samples", .samples)] {
        guard samples || name == "features" else { continue }
        let probe = try FeatureProbe(given, input, regularisation: regularisation)
        if let omission = probe.omission { Console.note("\(name): \(omission)") }
        for method in probe.methods {
          found.append(
            Figures(
              input: name, method: "\(method)", features: probe.featureCount,
              acc: try probe.accuracy(method, by: all) {
                Console.warn([
                  "\(method) on \(name): not converged after 1,000 iterations; a smaller --regularisation helps"
                ])
              },
              curve: try curve.curve(of: given) { try probe.accuracy(method, by: $0) }))
        }
      }
      let curves = found.compactMap { one in
        one.curve.map { (name: "\(one.method)\(one.input == "features" ? "" : ", samples")", curve: $0) }
      }
      if !curves.isEmpty {
        try FewLabels.write(Dictionary(uniqueKeysWithValues: curves.map { ($0.name, $0.curve) }), in: run.folder)
      }
      if json {
        return try Console.printJSON(
          Report(run: runPath, labels: all.count, scored: given.scored.count, probes: found))
      }
      Console.print(
        "\(all.count) labels of \(Set(given.labelled.classes).count) classes, \(given.scored.count) other items")
      Console.print(
        Table.render(found.map { ("\($0.method) on \($0.features) \($0.input)", [$0.acc]) }, columns: ["ACC"]))
      if !curves.isEmpty { Console.print("\n" + CurveOptions.text(curves)) }
    }
  }
}
