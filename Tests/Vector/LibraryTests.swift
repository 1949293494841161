import Foundation
import IICCore
import Testing
import Torch
import VectorModality

@Suite struct LibraryTests {
  /// Ten lines of Swift cluster numbers in memory, with no manifest and no file.
  @Test func numbersInMemory() throws {
    let points: [Float] = (0..<600).flatMap { (item: Int) -> [Float] in
      let (angle, noise) = (Float(item % 3) * 2.1, Float((item * 7919) % 101) / 500)
      return [cosf(angle) + noise, sinf(angle) - noise, noise]
    }
    var training = TrainingConfiguration(epochs: 20)
    (training.batch, training.threads, training.precision) = (150, 1, .float32)
    let data = try Dataset(samples: points, shape: [3], labels: (0..<600).map { $0 % 3 })
    let configuration = ExperimentConfiguration(
      VectorModality(noise: 0.05, hidden: 32), heads: HeadsConfiguration(clusters: 3), training: training)
    let experiment = try Experiment(configuration, dataset: data)
    let network = try experiment.train { _ in }
    let report = try experiment.report(of: network)
    #expect(report.items == 600 && report.clusterCounts.count == 3)
    #expect(try #require(report.byLoss.acc) > 0.95)
  }

  @Test func samplesOfAnotherCountAreRefused() {
    #expect(throws: (any Error).self) { try Dataset(samples: [1, 2, 3], shape: [2]) }
    #expect(throws: (any Error).self) { try Dataset(samples: [], shape: [2]) }
    #expect(throws: (any Error).self) { try Dataset(samples: [1, 2], shape: [2], ids: ["a", "b"]) }
    #expect(throws: (any Error).self) { try Dataset(samples: [1, 2], shape: [2], labels: [0, 1]) }
    #expect(throws: (any Error).self) { try Dataset(samples: [1, 2], shape: [0]) }
  }

  /// A run folder is enough by itself, which without a manifest it would not be.
  @Test func aRunFolderNeedsAManifest() throws {
    let folder = try Workspace()
    var training = TrainingConfiguration(epochs: 1)
    training.threads = 1
    let data = try Dataset(samples: (0..<40).map(Float.init), shape: [2])
    let experiment = try Experiment(
      ExperimentConfiguration(VectorModality(), heads: HeadsConfiguration(clusters: 2), training: training),
      dataset: data)
    let place = try RunFolder.create(at: folder.url.appending(path: "run").path(percentEncoded: false))
    let error = #expect(throws: (any Error).self) { try TrainingRun(experiment, in: place).start() }
    #expect(error.map { "\($0)" }?.contains("without a manifest") == true)
  }
}
