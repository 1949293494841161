import ArgumentParser
import Foundation
import IICCore

/// Where the labels come from that a command learns from.
struct LabelOptions: ParsableArguments {
  @Option(help: "A CSV file with the columns id and label: the classes that are known of some items.")
  var labels: String?

  @Option(
    name: .customLong("label-parts"),
    help: ArgumentHelp("Parts of the data whose own labels are taken, in place of a file.", valueName: "part,part"))
  var parts: String?

  func validate() throws {
    guard (labels == nil) != (parts == nil) else {
      throw ValidationError(
        labels == nil
          ? "name the labels: --labels FILE or --label-parts train" : "name one: --labels or --label-parts")
    }
  }

  /// The names of the parts; nil if a file is named.
  var partNames: [String]? { parts.map { $0.split(separator: ",").map(String.init) } }

  func read(of dataset: Dataset) throws -> LabelledItems {
    if let labels { return try LabelledItems(contentsOf: labels, of: dataset) }
    return try LabelledItems(parts: partNames ?? [], of: dataset, key: "--label-parts")
  }

  /// The labels beside a finished run. What the user should know goes to standard error.
  func read(beside run: FinishedRun) throws -> FewLabels {
    let given = try FewLabels(run, read(of: run.experiment.dataset))
    Console.warn(given.notes)
    return given
  }
}

/// How a curve over numbers of labels is asked for.
struct CurveOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Also show accuracy against the number of labels.",
      discussion: """
        1, 5, 10 and 100 of each class and 1, 2, 5, 10, 50 and 100 %, drawn at random several times; the run's report \
        shows it from then on.
        """))
  var curve = false

  @Option(help: "The draws for each number of labels.")
  var draws = 10

  @Option(help: "The seed of the draws.")
  var seed = 0

  func validate() throws {
    guard (1...1000).contains(draws) else { throw ValidationError("--draws \(draws): expected 1 to 1000") }
  }

  /// The curve of a method; nil unless one was asked for and can be had.
  func curve(of given: FewLabels, accuracy: ([Int]) throws -> Double) throws -> LabelCurve? {
    guard curve else { return nil }
    return try given.curve(draws: draws, seed: seed, accuracy: accuracy)
  }

  /// Curves side by side for people, a line for each number of labels.
  static func text(_ curves: [(name: String, curve: LabelCurve)]) -> String {
    guard let first = curves.first else { return "" }
    let budgets = first.curve.points.map { "\($0.budget) (\($0.labels))" }
    let width = (budgets + ["labels"]).map(\.count).max() ?? 0
    let widths = curves.map { max($0.name.count, 12) + 2 }
    var lines = ["labels".left(width) + zip(curves, widths).map { $0.name.right($1) }.joined()]
    for (place, budget) in budgets.enumerated() {
      let cells = zip(curves, widths).map { one, width in
        let point = one.curve.points[place]
        return "\(fixed(100 * point.accuracy, 1)) ± \(fixed(100 * point.deviation, 1))".right(width)
      }
      lines.append(budget.left(width) + cells.joined())
    }
    if !first.curve.impossible.isEmpty {
      lines.append("not shown, since a class has fewer labels: \(first.curve.impossible.joined(separator: ", "))")
    }
    return lines.joined(separator: "\n")
  }
}
