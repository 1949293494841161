import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest

struct Sweep: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says which number of clusters fits, with the evidence, by one run and no label.",
    discussion: """
      A run is trained whose auxiliary head has clusters to spare; these are merged step by step, and for each number k it \
      is seen how much information of the most possible is left, how well sub-heads agree that began with other weights, \
      and how well halves of the data agree. The k that stands out among those around it is recommended, if one does.
      Example: iic sweep photos.yaml --clusters 5..40
      A finished run serves as well, up to below the clusters of its auxiliary head: iic sweep runs/a --clusters 2..20
      """)

  @Argument(help: "A manifest, or a run folder.")
  var path: String

  @Option(help: "The numbers of clusters to look at: 2..20.")
  var clusters: ClusterRange

  @OptionGroup var options: TrainingOptions

  private struct Report: Encodable {
    let run: String
    let recommended: Int?
    let evidence: [ClusterSweep.Evidence]
    let merges: [ClusterSweep.Merge]
  }

  func run() throws {
    try reportingErrors {
      let finished = try FileManager.default.fileExists(atPath: "\(path)/manifest.yaml") ? path : train()
      let run = try FinishedRun(at: finished, registry: registry, cache: .announced, warn: Console.warn)
      let sweep = try ClusterSweep(run, clusters.range)
      if options.json {
        return try Console.printJSON(
          Report(
            run: finished, recommended: sweep.recommended, evidence: sweep.evidence, merges: sweep.merges))
      }
      Console.print("    k  information  sub-heads  halves  smallest  largest")
      for one in sweep.evidence {
        let cells = [
          (one.information, 13), (one.subheads, 11), (one.halves, 8), (one.smallest, 10), (one.largest, 9),
        ]
        let mark = one.k == sweep.recommended ? "  <-" : ""
        Console.print(
          "\(one.k)".right(5) + cells.map { fixed($0.0, 3).right($0.1) }.joined() + mark)
      }
      if let k = sweep.recommended {
        Console.print(
          "recommended: \(k), where sub-heads and halves of the data agree more than for the numbers around it")
      } else {
        Console.print("no k stands out: sub-heads and halves of the data agree nowhere more than around it")
      }
      Console.print("run folder \(finished)")
    }
  }

  /// Trains a run with clusters to spare.
  private func train() throws -> String {
    let most = clusters.range.upperBound
    let given = { (key: String) in options.overrides.contains { $0.hasPrefix("\(key)=") } }
    var settings = ["heads.main.clusters=\(max(2, most))"]
    if !given("heads.auxiliary.clusters") {
      settings.append("heads.auxiliary.clusters=\(min(4096, max(3 * most, 20)))")
    }
    let document = try ManifestDocument(path: path, overrides: settings + options.overrides)
    return try options.train(document).folder.path
  }
}

/// Numbers of clusters as the command line names them: `2..20`.
struct ClusterRange: ExpressibleByArgument {
  let range: ClosedRange<Int>

  init?(argument: String) {
    let ends = argument.components(separatedBy: "..").map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], 2 <= first, first < last, last <= 1000 else {
      return nil
    }
    range = first...last
  }
}
