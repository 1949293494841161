import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import VectorModality

@Suite struct VectorModalityTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func view(_ views: String, of samples: Tensor, seed: Int = 0) throws -> [Float] {
    try folder.modality("source: x.npy", "views: {transformed: {\(views)}}")
      .transformedView(of: samples, random: RandomStream(seed: seed)).values.floats()
  }

  @Test func noiseHasTheDeviationAskedFor() throws {
    let samples = try Tensor.full([200, 50], 3)
    let values = try view("noise: 0.5, dropout: 0", of: samples).map(Double.init)
    let mean = values.reduce(0, +) / 10_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
    // Five standard errors of 10,000 draws.
    #expect(abs(mean - 3) < 5 * 0.5 / 100)
    #expect(abs(variance - 0.25) < 5 * 0.25 * (2.0 / 10_000).squareRoot())
  }

  @Test func dropoutKeepsTheMean() throws {
    let samples = try Tensor.full([200, 50], 3)
    let values = try view("noise: 0, dropout: 0.25", of: samples)
    #expect(Set(values) == [0, 4])
    let share = Double(values.count { $0 == 0 }) / 10_000
    #expect(abs(share - 0.25) < 5 * (0.25 * 0.75 / 10_000).squareRoot())
  }

  @Test func viewsDependOnTheirStreamAlone() throws {
    let samples = try Tensor.full([4, 3], 1)
    let views = try [1, 1, 2].map { try view("noise: 1", of: samples, seed: $0) }
    #expect(views[0] == views[1] && views[0] != views[2])
  }

  @Test func theBaseAndTheEvaluationViewAreTheSampleItself() throws {
    let samples = try RandomStream(seed: 0).generator().normal([4, 3])
    let modality = try folder.modality("source: x.npy")
    #expect(try modality.baseView(of: samples, random: RandomStream(seed: 0)).values.floats() == samples.floats())
    let views = try modality.evaluationViews(of: samples)
    #expect(try views.count == 1 && views[0].values.floats() == samples.floats())
  }

  @Test func equalViewsOfAnItemWithItselfAreRefused() throws {
    let still = "views: {transformed: {noise: 0, dropout: 0}}"
    let error = #expect(throws: ManifestError.self) { try folder.modality("source: x.npy, pairs: itself", still) }
    #expect(error?.description.contains("two views of a vector would be the same") == true)
    _ = try folder.modality("source: x.npy", still)
  }

  @Test(arguments: ["name: linear", "name: mlp", "name: mlp, layers: 3, batchNorm: false"])
  func encodersGiveTheirFeaturesAndLearn(encoder: String) throws {
    let modality = try folder.modality("source: x.npy", "encoder: {\(encoder), hidden: 7}")
    let generator = try RandomStream(seed: 0).generator()
    let network = try modality.encoder(sampleShape: [5], generator: generator)
    let samples = try generator.normal([6, 5])
    let features = try network.layer(samples, .training)
    #expect(network.featureCount == 7)
    #expect(features.shape == [6, 7])
    #expect(try features.floats().allSatisfy(\.isFinite))
    // Not the sum: normalised features sum to the same whatever the weights.
    try (features * generator.normal([6, 7])).sum().backward()
    #expect(network.layer.parameters.count >= 2)
    for (name, tensor) in network.layer.state.filter(\.isParameter).map({ ($0.name, $0.tensor) }) {
      let gradient = try #require(try tensor.gradient, "\(name)")
      #expect(try gradient.floats().contains { $0 != 0 } || name.hasSuffix("bias"), "\(name)")
    }
  }

  @Test func separatedGroupsAreFoundByNeighbourPairs() throws {
    let generator = try RandomStream(seed: 3).generator()
    let spread = try generator.normal([300, 4]).floats()
    let labels = (0..<300).map { $0 % 3 }
    try folder.write(
      spread.enumerated().map { $0.element + ($0.offset % 4 == labels[$0.offset / 4] ? 8 : 0) }, shape: [300, 4],
      to: "data/x.npy")
    try folder.write(labels: labels, to: "data/y.npy")
    let text = """
      name: groups
      modality: vector
      data: {source: data, array: x.npy, labels: y.npy, pairs: neighbours, neighbours: {k: 10}}
      encoder: {hidden: 16, layers: 1}
      heads: {main: {clusters: 3, subheads: 4}}
      training: {epochs: 40, batch: 200, repeats: 2, learningRate: 0.01, precision: float32, threads: 1}
      """
    let document = try ManifestDocument(text: text, folder: folder.url.path(percentEncoded: false))
    let experiment = try Experiment(
      document, registry: Registry([VectorModality.self]), cache: folder.cache)
    let network = try experiment.train { _ in }
    let report = try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
    #expect(report.byLoss.acc == 1)
  }
}
