import Foundation
import IICCore
import Testing
import Torch

@testable import TextModality

/// Two invented languages, each with letter pairs of its own, in lines that share nothing else.
@Suite struct ClusteringTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    var numbers = RandomStream(seed: 1).numbers()
    let syllables = [
      ["ka", "ro", "mi", "tu", "ne", "so", "la", "pi"], ["gra", "ulk", "osk", "eft", "brn", "ost", "arg", "und"],
    ]
    for (language, own) in syllables.enumerated() {
      var lines: [String] = []
      for _ in 0..<200 {
        var words: [String] = []
        for _ in 0..<10 {
          let length = Int.random(in: 1...4, using: &numbers)
          words.append((0..<length).map { _ in own.randomElement(using: &numbers) ?? "" }.joined())
        }
        lines.append(words.joined(separator: " "))
      }
      try folder.write(lines.joined(separator: "\n"), to: "data/\(language).txt")
    }
  }

  private func experiment(_ encoder: String, epochs: Int = 10, seed: Int = 0) throws -> Experiment {
    let document = try folder.document(
      """
      name: languages
      modality: text
      data: {source: data, labels: entry, tokens: {n: [2, 3], buckets: 512, length: 96}}
      views: {base: {dropout: 0.4}, transformed: {dropout: 0.4, span: 0.2}}
      encoder: \(encoder)
      heads: {main: {clusters: 2, subheads: 3}, auxiliary: {clusters: 6, subheads: 2}}
      training:
        epochs: \(epochs)
        batch: 80
        repeats: 2
        learningRate: 2e-3
        precision: float32
        threads: 1
        seed: \(seed)
      """)
    return try Experiment(document, registry: Registry([TextModality.self]), cache: folder.cache)
  }

  @Test(arguments: [
    "{name: bag, width: 32, hidden: 32, layers: 1}", "{name: convolution, width: 16, hidden: 32, kernel: 3}",
    "{name: transformer, width: 32, layers: 1, heads: 2}",
  ])
  func languagesAreFound(encoder: String) throws {
    let experiment = try experiment(encoder)
    let network = try experiment.train { _ in }
    let report = try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
    #expect(report.byLoss.acc ?? 0 > 0.97)
    #expect(report.byLoss.loss < -0.9 * log(2))
  }

  @Test func equalSeedsGiveEqualClusters() throws {
    func clusters(_ seed: Int) throws -> [[Int]] {
      let experiment = try experiment("{name: bag, width: 8, hidden: 8, layers: 1}", epochs: 3, seed: seed)
      return try experiment.assignments(of: experiment.train { _ in }).clusters
    }
    #expect(try clusters(0) == clusters(0))
    #expect(try clusters(0) != clusters(1))
  }
}
