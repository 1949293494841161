import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import sensors

@Suite struct ContrastiveObjectiveTests {
  /// NT-Xent by its definition, in float64.
  private func definition(_ one: [[Double]], _ other: [[Double]], temperature: Double) -> Double {
    let views = one + other
    func cosine(_ i: Int, _ j: Int) -> Double {
      func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      let lengths = product(views[i], views[i]).squareRoot() * product(views[j], views[j]).squareRoot()
      return product(views[i], views[j]) / lengths
    }
    let losses = views.indices.map { i in
      let partner = (i + one.count) % views.count
      let others = views.indices.filter { $0 != i }.reduce(0) { $0 + exp(cosine(i, $1) / temperature) }
      return -log(exp(cosine(i, partner) / temperature) / others)
    }
    return losses.reduce(0, +) / Double(losses.count)
  }

  @Test(arguments: [0.1, 0.5, 2]) func itIsTheDefinition(temperature: Double) throws {
    let generator = try RandomGenerator(seed: 1)
    let (one, other) = (try generator.normal([7, 5]), try generator.normal([7, 5]))
    let heads = HeadsConfiguration(clusters: 3)
    let objective = try ManifestDocument(text: "temperature: \(temperature)").read {
      section throws(ManifestError) in
      try ContrastiveObjective(from: section, heads: heads)
    }.configuration
    func rows(_ tensor: Tensor) throws -> [[Double]] {
      let values = try tensor.doubles()
      return (0..<7).map { Array(values[(5 * $0)..<(5 * $0 + 5)]) }
    }
    let expected = try definition(rows(one), rows(other), temperature: temperature)
    #expect(abs(try objective.loss(one, other).item() - expected) < 1e-5)
  }
}
