import Foundation
import IICCore
import Manifest
import Testing

@testable import ImageModality

/// The manifests of image samples train as they are but for the network's size and the number of steps, on a few images
/// in the layout of the real files.
@Suite(.serialized) struct ImageSampleTrainingTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private func train(_ manifest: String, on source: String, _ overrides: [String]) throws -> EvaluationReport {
    let common = [
      "data.source=\(source)", "encoder.name=compact", "training.epochs=1", "training.precision=float32",
    ]
    let document = try ManifestDocument(path: Sample.path(manifest), overrides: common + overrides)
    let cache = SampleCache(folder: fixture.folder.appending(path: "cache"))
    let experiment = try Experiment(document, registry: Sample.registry, cache: cache)
    var losses: [Double] = []
    let network = try experiment.train { event in
      if case .epoch(let record, _) = event { losses += record.losses.values.flatMap { $0 } }
    }
    #expect(!losses.isEmpty && losses.allSatisfy(\.isFinite))
    return try experiment.report(of: network)
  }

  /// Two images in a step, each with the recipe's repeats.
  @Test func stl10() throws {
    let report = try train("stl10/iic.yaml", on: Fixture.path("stl10_binary.tar.gz"), ["training.batch=10"])
    #expect(report.items == 5 && report.clusters == 10 && report.clusterCounts.reduce(0, +) == 5)
    #expect(report.byLoss.acc != nil && report.mean != nil)
  }

  @Test func stl10Overclustered() throws {
    let report = try train(
      "stl10/overclustered.yaml", on: Fixture.path("stl10_binary.tar.gz"), ["training.batch=10"])
    #expect(report.items == 2 && report.clusters == 140 && report.byLoss.acc != nil)
    let mapped = try #require(report.mapped)
    #expect(mapped.parts == ["train"] && mapped.items == 3 && (137...139).contains(mapped.unlabelledClusters))
  }

  @Test func cifar10() throws {
    let report = try train("cifar10/iic.yaml", on: Fixture.path("cifar-10-binary.tar.gz"), ["training.batch=6"])
    #expect(report.items == 10 && report.clusters == 10 && report.byLoss.acc != nil)
  }

  @Test func cifar100() throws {
    let report = try train(
      "cifar100-20/iic.yaml", on: Fixture.path("cifar-100-binary.tar.gz"), ["training.batch=10"])
    #expect(report.items == 5 && report.clusters == 20 && report.byLoss.acc != nil)
  }

  @Test func mnist() throws {
    for (name, count) in [("train", 6), ("t10k", 4)] {
      let sizes: [UInt8] = [0, 0, 0, UInt8(count)]
      let images = (0..<count).flatMap { pixels($0, side: 28, start: 9, channels: 1) }
      let header: [UInt8] = [0, 0, 8, 3] + sizes + [0, 0, 0, 28, 0, 0, 0, 28]
      try fixture.write(gzipStored(header + images), to: "data/\(name)-images-idx3-ubyte.gz")
      let labels = (0..<count).map { UInt8($0) }
      try fixture.write(gzipStored([0, 0, 8, 1] + sizes + labels), to: "data/\(name)-labels-idx1-ubyte.gz")
    }
    let report = try train("mnist/iic.yaml", on: fixture.path("data"), ["training.batch=10"])
    #expect(report.items == 10 && report.clusters == 10 && report.byLoss.acc != nil)
  }

  @Test func ownImages() throws {
    let report = try train(
      "own-images/iic.yaml", on: Fixture.path("pictures.zip"),
      ["training.batch=12", "training.restarts={count: 1}"])
    #expect(report.items == 19 && report.clusters == 4 && report.byLoss.acc == nil)
  }
}
