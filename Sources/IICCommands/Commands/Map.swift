import ArgumentParser
import Files
import Foundation
import IICCore

struct Map: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes clusters classes by the labels of a few items, and scores the others.",
    discussion: """
      Each cluster gets the class that most of its labelled items have; several clusters may have one class. Items with a \
      given label are never scored. An auxiliary head's many clusters serve as well, and better with many labels.
      Example: iic map runs/a --labels ten-per-class.csv --out classes.csv
      With --edit the run's clusters are named and merged accordingly, and every command obeys; iic edit takes it back.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @OptionGroup var labels: LabelOptions

  @Option(help: "The head whose clusters are mapped: main or auxiliary.")
  var head = HeadsConfiguration.main

  @Option(
    help: """
      The class of a cluster without a labelled item: nearest, that of the nearest cluster with one; first, class 0, as \
      published.
      """)
  var unlabelled = Unlabelled.nearest

  @Option(help: "A CSV file for the cluster and the class of every item.")
  var out: String?

  @Flag(help: "Name the run's clusters by their classes, and merge those of one class.")
  var edit = false

  @OptionGroup var curve: CurveOptions

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print figures as one JSON object.")
  var json = false

  @OptionGroup var settings: RunSettings

  enum Unlabelled: String, ExpressibleByArgument, CaseIterable {
    case nearest, first

    var meaning: FewLabelMapping.Unlabelled { self == .nearest ? .nearest : .first }
  }

  private struct Report: Encodable {
    let run, head: String
    let subhead, labels, classes, clusters: Int
    let unlabelled: [Int]
    let scored: Int
    let acc, nmi, ari: Double?
    let curve: LabelCurve?

    private enum CodingKeys: String, CodingKey {
      case run, head, subhead, labels, classes, clusters, scored, acc, nmi, ari, curve
      case unlabelled = "unlabelled_clusters"
    }
  }

  func validate() throws {
    guard !edit || (head == HeadsConfiguration.main && !best) else {
      throw ValidationError(
        "--edit names the main head's clusters after the last epoch; leave --head and --best out")
    }
  }

  func run() throws {
    try reportingErrors {
      let run = try FinishedRun(at: runPath, best: best, settings)
      let given = try labels.read(beside: run)
      let mapping = try FewLabelMapping(given, head: head, unlabelled: unlabelled.meaning)
      let (classes, without) = try mapping.classes(by: Array(given.labelled.items.indices))
      let figures = try mapping.figures(classes)
      let curve = try curve.curve(of: given, accuracy: mapping.accuracy)
      if let curve { try FewLabels.write(["map \(head)": curve], in: run.folder) }
      if let out { try WholeFile.save(Data(mapping.table(classes).utf8), to: URL(filePath: out)) }
      if edit {
        let named = classes.indices.map { without.contains($0) ? nil : classes[$0] }
        try RunModel(finished: run).name(named, as: given.labelled.className)
        Console.note("\(runPath): clusters named by their classes; iic edit \(runPath) shows them")
      }
      if json {
        return try Console.printJSON(
          Report(
            run: runPath, head: head, subhead: mapping.subhead, labels: given.labelled.items.count,
            classes: given.labelled.classCount, clusters: mapping.clusterCount, unlabelled: without,
            scored: given.scored.count, acc: figures?.accuracy,
            nmi: figures?.nmi, ari: figures?.ari, curve: curve))
      }
      Console.print(
        "\(given.labelled.items.count) labels of \(Set(given.labelled.classes).count) classes, \(mapping.clusterCount) "
          + "clusters of the \(head) head (sub-head \(mapping.subhead))")
      if !without.isEmpty {
        let what = unlabelled == .first ? given.labelled.className(0) : "that of the nearest cluster with one"
        Console.print("\(without.count) clusters have no labelled item; their class: \(what)")
      }
      if let figures {
        Console.print(
          Table.render([("\(given.scored.count) other items", [figures.accuracy, figures.nmi, figures.ari])]))
      }
      if let curve { Console.print("\n" + CurveOptions.text([("accuracy", curve)])) }
      if let out { Console.note("\(out): \(given.labelled.items.count + given.others.count) items") }
    }
  }
}
