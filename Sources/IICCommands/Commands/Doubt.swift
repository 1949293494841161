import ArgumentParser
import Files
import Foundation
import IICCore

struct Doubt: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Names the items of a run to look at again: duplicates, outliers, items between clusters.",
    discussion: """
      A row for each item that something speaks against, the weightiest first, with the reasons in words: the same as \
      another item, or very near it; far from the others of its cluster; another cluster nearly as likely; sub-heads that \
      disagree; a cluster of few items. What is near or far is told by what is usual in the data; no label is used.
      Example: iic doubt runs/a --out doubt.csv
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Option(help: "The CSV file.")
  var out: String

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print one JSON object: how many items there are of each reason.")
  var json = false

  @OptionGroup var settings: RunSettings

  private struct Report: Encodable {
    let out: String
    let items, doubted: Int
    let kinds: [String: Int]
  }

  func run() throws {
    try reportingErrors {
      let found = try Doubts(FinishedRun(at: runPath, best: best, settings))
      try WholeFile.save(Data(found.table.utf8), to: URL(filePath: out))
      var kinds: [String: Int] = [:]
      for doubt in found.doubts { for reason in doubt.reasons { kinds[reason.kind.rawValue, default: 0] += 1 } }
      if json {
        return try Console.printJSON(
          Report(out: out, items: found.count, doubted: found.doubts.count, kinds: kinds))
      }
      let parts = Doubts.Kind.allCases.compactMap { kind in
        kinds[kind.rawValue].map { "\($0) \(kind.rawValue.replacing("_", with: " "))" }
      }
      Console.print("\(out): \(found.doubts.count) of \(found.count) items: \(parts.joined(separator: ", "))")
    }
  }
}
