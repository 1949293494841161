import ArgumentParser
import Foundation
import IICCore
import Torch

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a bundled benchmark.", subcommands: [FashionMNIST.self, Throughput.self])

  /// The command, where the program knows the kind of data that the benchmark is about.
  static var ifUsable: [any ParsableCommand.Type] {
    modalities.names.contains(FashionMNIST.modality) ? [Bench.self] : []
  }
}

struct FashionMNIST: ParsableCommand {
  static let modality = "image"
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
        throw DataError("\(path): not found; run this in the repository's folder, or pass --samples FOLDER")
      }
      let seeds = seed.map { ["training.seed=\($0)"] } ?? []
      let document = try ManifestDocument(path: path, overrides: options.overrides + seeds)
      let (folder, experiment, result) = try options.train(document)
      Console.note("k-means on pixels")
      let baseline = try kMeansScores(experiment)
      let report = RunReport(folder, experiment, result.last)
      if options.json {
        return try Console.printJSON(report.adding(training: result, kMeans: baseline))
      }
      var rows = [("IIC by loss", result.last.byLoss.scores), ("IIC by labels", result.last.byLabels?.scores)]
      rows.insert(("k-means on pixels", baseline.map { [$0.acc, $0.nmi, $0.ari] }), at: 0)
      Console.print(Table.render(rows))
      Console.print(report.summary(result))
    }
  }

  private func kMeansScores(_ experiment: Experiment) throws -> ClusteringScores? {
    guard let labels = experiment.dataset.labels else { return nil }
    let count = experiment.dataset.count
    let points =
      try experiment.dataset.samples(at: Array(0..<count)[...])
      .reshaped([count, -1]).to(.float32) * (1 / 255)
    let random = RandomStream(seed: experiment.configuration.training.seed).child("k-means")
    let found = try KMeans(clusters: experiment.configuration.heads.main.clusters)(points, random: random)
    return try ClusteringScores(clusters: found.clusters, classes: labels)
  }
}
