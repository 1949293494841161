import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest
import Torch

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a bundled benchmark.", subcommands: [FashionMNIST.self, Throughput.self, JointBench.self])

  /// The command, where the program knows the kind of data that the benchmark is about.
  static var ifUsable: [any ParsableCommand.Type] {
    registry.names.contains(FashionMNIST.modality) ? [Bench.self] : []
  }
}

struct FashionMNIST: ParsableCommand {
  static let modality = "image"
  /// Where Debian's package keeps what full.yaml reads.
  static let packageFolder = "/usr/share/datasets/fashion-mnist"
  static let configuration = CommandConfiguration(
    commandName: "fashion-mnist",
    abstract: "Clusters Fashion-MNIST without labels, beside k-means on its pixels.",
    discussion: "Run it in the repository's folder, or name the samples' folder with --samples.")

  @Flag(help: "All 70,000 images of Debian's dataset-fashion-mnist instead of the 10,000 bundled ones.")
  var full = false

  @Option(help: "The seed of all random streams.")
  var seed: Int?

  @Option(help: "The folder of the bundled samples.")
  var samples = "samples"

  @OptionGroup var options: TrainingOptions

  func run() throws {
    try reportingErrors {
      let path = "\(samples)/fashion-mnist/\(full ? "full" : "iic").yaml"
      guard FileManager.default.fileExists(atPath: path) else {
        throw UserError("\(path): not found; run this in the repository's folder, or pass --samples FOLDER")
      }
      let seeds = seed.map { ["training.seed=\($0)"] } ?? []
      let document = try ManifestDocument(path: path, overrides: options.overrides + seeds)
      let (folder, experiment, result) = try train(document)
      Console.note("k-means on pixels")
      let baseline = Result { try Baseline(.pixels, experiment) }
      // The training's figures are printed even if k-means fails.
      let baselines = [(try? baseline.get()) ?? nil].compactMap { $0 }
      let report = RunReport(folder, experiment, result.last)
      if options.json {
        try Console.printJSON(report.adding(training: result).adding(baselines))
      } else {
        Console.print(Table.render(baselines.map(\.row) + result.last.rows))
        Console.print(report.summary(result))
      }
      report.warn()
      _ = try baseline.get()
    }
  }

  private func train(
    _ document: ManifestDocument
  ) throws -> (folder: RunFolder, experiment: Experiment, result: TrainingRun.Result) {
    do {
      return try options.train(document)
    } catch {
      throw Self.explained(error)
    }
  }

  /// The error, with how to get the data if it says that the package's folder is not there.
  static func explained(_ error: any Error, folder: String = packageFolder) -> any Error {
    guard "\(error)".contains(folder), !FileManager.default.fileExists(atPath: folder) else { return error }
    return UserError("\(error); it comes with apt-get install dataset-fashion-mnist")
  }
}
