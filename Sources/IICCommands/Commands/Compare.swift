import ArgumentParser
import Files
import Foundation
import IICCore

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says how well runs over the same items agree, and what they find together.",
    discussion: """
      Runs that differ in their seeds and agree can be trusted more than runs that do not; no label is needed to see it. \
      Their consensus is the cluster that most sub-heads of all runs give an item, brought to the numbers of the run of \
      lowest loss by matching clusters on the items.
      Example: iic compare runs/a runs/b runs/c --out consensus.csv
      """)

  @Argument(help: ArgumentHelp("The run folders.", valueName: "run"))
  var paths: [String]

  @Option(help: "A CSV file for the consensus of each item, with the share that agrees.")
  var out: String?

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print figures as one JSON object.")
  var json = false

  @OptionGroup var settings: RunSettings

  func validate() throws {
    guard paths.count > 1 else { throw ValidationError("name two run folders or more") }
  }

  func run() throws {
    try reportingErrors {
      let comparison = try RunComparison(paths.map { try FinishedRun(at: $0, best: best, settings) })
      if let out { try comparison.write(to: out) }
      if json { return try Console.printJSON(ComparisonReport(comparison)) }
      Console.print(comparison.text)
    }
  }
}

/// A comparison as programs read it.
struct ComparisonReport: Encodable {
  private let runs: [RunComparison.Member]
  private let best: String
  private let agreement: Double
  private let consensus: ClusteringScores?

  init(_ comparison: RunComparison) {
    runs = comparison.members
    best = comparison.members[comparison.best].run
    agreement = comparison.agreement
    consensus = comparison.consensusScores
  }
}

extension RunComparison {
  /// Writes the consensus as CSV.
  func write(to path: String) throws {
    try WholeFile.save(Data(table.utf8), to: URL(filePath: path))
  }

  /// The runs, their agreement and their consensus, for people.
  var text: String {
    let width = max(members.map(\.run.count).max() ?? 0, "consensus".count)
    func row(_ name: String, _ cells: [String]) -> String {
      name.left(width) + cells.map { $0.right(9) }.joined()
    }
    func percent(_ scores: ClusteringScores?) -> [String] {
      scores.map { [$0.acc, $0.nmi, $0.ari].map { fixed(100 * $0, 1) } } ?? []
    }
    let hasScores = consensusScores != nil
    var lines = [row("", ["seed", "loss", "agree"] + (hasScores ? ["ACC", "NMI", "ARI"] : []))]
    for member in members {
      let agree = member.subheadAgreement.map { fixed($0, 3) } ?? "-"
      lines.append(row(member.run, ["\(member.seed)", fixed(member.loss, 4), agree] + percent(member.scores)))
    }
    if hasScores {
      let all = members.compactMap(\.scores).map { [$0.acc, $0.nmi, $0.ari] }
      let means = (0..<3).map { column in all.reduce(0) { $0 + $1[column] } / Double(all.count) }
      let deviations = (0..<3).map { column in
        (all.reduce(0) { $0 + pow($1[column] - means[column], 2) } / Double(all.count)).squareRoot()
      }
      lines.append(row("mean", ["", "", ""] + means.map { fixed(100 * $0, 1) }))
      lines.append(row("deviation", ["", "", ""] + deviations.map { fixed(100 * $0, 1) }))
      lines.append(row("consensus", ["", "", ""] + percent(consensusScores)))
    }
    lines.append("the runs agree with a mean adjusted Rand index of \(fixed(agreement, 3))")
    lines.append("lowest loss: \(members[best].run)")
    return lines.joined(separator: "\n")
  }
}
