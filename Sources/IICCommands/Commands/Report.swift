import ArgumentParser
import Foundation
import IICCore
import IICReport

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Shows what runs found as one page: clusters with their members, a map, curves, figures.",
    discussion: """
      The page is one file of HTML that needs no network and no server; the same figures are beside it as JSON. Clusters \
      are named, merged and split in it; it saves an edits.json, which iic edit RUN --from edits.json takes.
      Example: iic report runs/a --out a.html
      """)

  @Argument(help: ArgumentHelp("Run folders, the first shown first.", valueName: "run"))
  var runPaths: [String]

  @Option(help: "The page; if absent, report.html in the first run's folder.")
  var out: String?

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @OptionGroup var settings: RunSettings

  func run() throws {
    try reportingErrors {
      let runs = try runPaths.map { try FinishedRun(at: $0, best: best, settings) }
      let url = out.map { URL(filePath: $0) } ?? runs[0].folder.url.appending(path: "report.html")
      let (bytes, json) = try ReportPage(runs).write(to: url)
      Console.print(
        "\(url.path(percentEncoded: false)): \(String(format: "%.1f", Double(bytes) / 1e6)) MB; figures in "
          + json.path(percentEncoded: false))
    }
  }
}
