import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what a manifest would train, what that costs, and whether its pairs can be learned from.",
    discussion: """
      A few steps are trained to measure time and memory; nothing is kept.
      Example: iic inspect samples/fashion-mnist/iic.yaml --sheet pairs.png
      """)

  @Argument(help: "The manifest, a YAML file.")
  var manifest: String

  @Option(name: .customLong("set"), help: "A manifest key to set: training.epochs=2. May be repeated.")
  var overrides: [String] = []

  @Option(help: ArgumentHelp("Draw pairs into a PNG file, for views with height and width.", valueName: "file"))
  var sheet: String?

  @Flag(help: "Print one JSON object; everything else goes to standard error.")
  var json = false

  func run() throws {
    try reportingErrors {
      if let sheet, !sheet.lowercased().hasSuffix(".png") {
        throw UserError("--sheet: found \"\(sheet)\"; expected a file name that ends in .png")
      }
      let document = try ManifestDocument(
        path: manifest, overrides: overrides, isResolved: RunFolder.isManifestOfRun(manifest))
      let experiment = try Experiment(document, registry: registry, cache: .announced)
      let inspector = try Inspector(experiment)
      // First, so that views that cannot be drawn or a file that cannot be written are found before the work.
      if let sheet { try write(inspector, to: sheet) }
      let report = try InspectionReport(experiment, inspector)
      if json { return try Console.printJSON(report) }
      Console.print(report.text)
      Console.note("next: \(Program.current.name) train \(manifest)")
    }
  }

  private func write(_ inspector: Inspector, to path: String) throws {
    try ContactSheet(inspector.examples(16, repeats: 4)).file.write(to: URL(filePath: path))
    Console.note("pairs drawn in \(path): the base view at the left, then four transformed views")
  }
}
