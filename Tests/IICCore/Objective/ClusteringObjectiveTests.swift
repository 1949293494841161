import IICCore
import Manifest
import Testing
import Torch

@Suite struct ClusteringObjectiveTests {
  private let heads: HeadsConfiguration

  init() throws {
    let text = """
      main: {clusters: 3, subheads: 2, lambda: 1.5, weight: 0.25}
      auxiliary: {clusters: 5, subheads: 4, lambda: 0.7, weight: 2}
      """
    heads = try ManifestDocument(text: text).read(HeadsConfiguration.self).configuration
  }

  /// Random probabilities of both heads for 12 items.
  private func outputs(seed: UInt64) throws -> [String: Tensor] {
    let generator = try RandomGenerator(seed: seed)
    return [
      "main": try (generator.normal([12, 2, 3]) * 2).softmax(along: 2),
      "auxiliary": try (generator.normal([12, 4, 5]) * 2).softmax(along: 2),
    ]
  }

  /// What an objective sees where heads say this; it looks at nothing else.
  private static func step(_ base: [String: Tensor], _ transformed: [String: Tensor]) throws -> PairOutputs {
    let nothing = try Tensor.zeros([1, 1])
    return PairOutputs(
      views: ViewPair(base: View(nothing), transformed: View(nothing)),
      base: SideOutputs(features: nothing, heads: base),
      transformed: SideOutputs(features: nothing, heads: transformed))
  }

  private func losses(_ name: String, lambda: Double, _ base: [String: Tensor], _ transformed: [String: Tensor])
    throws -> [Double]
  {
    let (left, right) = (try #require(base[name]), try #require(transformed[name]))
    return try InformationLoss(lambda: lambda)(base: left, transformed: right).doubles()
  }

  @Test func eachHeadHasItsLambdaAndItsWeight() throws {
    let (base, transformed) = (try outputs(seed: 1), try outputs(seed: 2))
    let value = try ClusteringObjective(heads.all)(Self.step(base, transformed), .training)
    var total = 0.0
    for (name, lambda, weight) in [("main", 1.5, 0.25), ("auxiliary", 0.7, 2.0)] {
      let expected = try losses(name, lambda: lambda, base, transformed)
      let found = try #require(value.parts[name])
      #expect(try found.doubles() == expected)
      // Another lambda is another loss, so that a head with the other's would be seen.
      let other = try losses(name, lambda: 1, base, transformed)
      #expect(zip(expected, other).allSatisfy { abs($0 - $1) > 1e-2 })
      total += weight * expected.reduce(0, +) / Double(expected.count)
    }
    #expect(value.parts.count == 2)
    #expect(abs(try value.total.item() - total) < 1e-5)
  }

  @Test func aHeadsWeightScalesItsGradientAlone() throws {
    let transformed = try outputs(seed: 2)
    func gradients(_ heads: [HeadConfiguration]) throws -> [String: [Double]] {
      let base = try outputs(seed: 1).mapValues { try $0.detached() }
      for output in base.values { try output.requireGradient() }
      try ClusteringObjective(heads)(Self.step(base, transformed), .training).total.backward()
      var found: [String: [Double]] = [:]
      for (name, output) in base { found[name] = try #require(try output.gradient).doubles() }
      return found
    }
    let plain = try gradients([
      HeadConfiguration(name: "main", clusters: 3, subheads: 2),
      HeadConfiguration(name: "auxiliary", clusters: 5, subheads: 4),
    ])
    let weighted = try gradients([
      HeadConfiguration(name: "main", clusters: 3, subheads: 2, weight: 4),
      HeadConfiguration(name: "auxiliary", clusters: 5, subheads: 4),
    ])
    for (name, factor) in [("main", 4.0), ("auxiliary", 1.0)] {
      let (one, other) = (try #require(plain[name]), try #require(weighted[name]))
      #expect(one.contains { abs($0) > 1e-4 })
      #expect(zip(one, other).allSatisfy { abs(factor * $0 - $1) < 1e-6 })
    }
  }

  @Test func aHeadThatIsNotComputedDoesNotCount() throws {
    let base = try outputs(seed: 1).filter { $0.key == "auxiliary" }
    let value = try ClusteringObjective(heads.all)(Self.step(base, outputs(seed: 2)), .training)
    let expected = try losses("auxiliary", lambda: 0.7, base, outputs(seed: 2))
    #expect(Array(value.parts.keys) == ["auxiliary"])
    #expect(abs(try value.total.item() - 2 * expected.reduce(0, +) / 4) < 1e-5)
  }

  @Test func outputsWithoutAHeadAreRefused() throws {
    let (base, transformed) = (try outputs(seed: 1), try outputs(seed: 2))
    let alone = ClusteringObjective([heads.main])
    let error = #expect(throws: TorchError.self) { try alone(Self.step(base, transformed), .training) }
    #expect(error?.description == "ClusteringObjective: no head named auxiliary")
    #expect(throws: TorchError.self) { try alone(Self.step(base, [:]), .training) }
    #expect(throws: TorchError.self) { try alone(Self.step([:], [:]), .training) }
  }

  /// A process that has half of a batch, whose sums are completed by what another has of the other half.
  private struct Half: ProcessGroup {
    let others: @Sendable (Tensor) -> Tensor
    var count: Int { 2 }
    func sum(_ tensor: Tensor) throws(TorchError) -> Tensor { try tensor + others(tensor) }
  }

  /// The joint is a sum over items, so two halves of a batch give its loss and its gradients.
  @Test func halvesOfABatchAddUpToTheWhole() throws {
    let transformed = try outputs(seed: 2)
    func gradients(_ rows: [Range<Int>]) throws -> (loss: Double, gradients: [String: [Double]]) {
      let base = try outputs(seed: 1)
      for output in base.values { try output.requireGradient() }
      func part(_ rows: Range<Int>, of outputs: [String: Tensor]) throws -> [String: Tensor] {
        try outputs.mapValues { try $0.sliced(rows) }
      }
      let (here, there) = (rows[0], rows.count > 1 ? rows[1] : nil)
      // The other half's joints, by their shapes.
      var others: [[Int]: Tensor] = [:]
      if let there {
        for (name, output) in try part(there, of: base) {
          let right = try #require(try part(there, of: transformed)[name])
          let joint = try InformationLoss.joint(base: output, transformed: right)
          others[joint.shape] = joint
        }
      }
      nonisolated(unsafe) let known = others
      let pass = there == nil ? Pass.training : Pass(.training, processes: Half { known[$0.shape] ?? $0 })
      let step = try Self.step(part(here, of: base), part(here, of: transformed))
      let value = try ClusteringObjective(heads.all)(step, pass)
      try value.total.backward()
      var found: [String: [Double]] = [:]
      for (name, output) in base {
        found[name] = try #require(try output.gradient).doubles()
      }
      return (try value.total.item(), found)
    }
    let whole = try gradients([0..<12])
    let halves = try gradients([0..<5, 5..<12])
    #expect(abs(whole.loss - halves.loss) < 1e-6)
    for (name, expected) in whole.gradients {
      let found = try #require(halves.gradients[name])
      #expect(zip(expected, found).allSatisfy { abs($0 - $1) < 1e-6 })
      #expect(expected.contains { abs($0) > 1e-3 })
    }
  }
}
