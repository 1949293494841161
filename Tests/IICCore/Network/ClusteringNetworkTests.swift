import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct ClusteringNetworkTests {
  private let heads = [
    HeadConfiguration(name: "main", clusters: 4, subheads: 2), HeadConfiguration(name: "auxiliary", clusters: 6),
  ]

  private func network(normalise: Bool = true) throws -> ClusteringNetwork {
    let generator = try RandomStream(seed: 5).generator()
    let layers = Sequential([
      try Conv2d(inputChannels: 1, outputChannels: 8, kernel: 3, padding: 1, generator: generator),
      try BatchNorm2d(channels: 8), ReLU(), MaxPool2d(kernel: 2), Flatten(),
    ])
    let network = try ClusteringNetwork(
      encoder: FeatureEncoder(layer: layers, featureCount: 8 * 9), heads: heads, normalise: normalise,
      precision: .float32, generator: generator)
    // Heads start so small that every gradient would be near 0; larger ones make comparisons mean something.
    for entry in network.state where entry.name.hasPrefix("heads") { try entry.tensor.assign(entry.tensor * 100) }
    return network
  }

  @Test func outputsAreProbabilitiesOfTheRightShape() throws {
    let network = try network()
    let outputs = try network.outputs(network.features(View(.ones([5, 1, 6, 6])), .evaluation), .evaluation)
    #expect(outputs["main"]?.shape == [5, 2, 4])
    #expect(outputs["auxiliary"]?.shape == [5, 5, 6])
    let sums = try #require(outputs["main"]).sum([2]).floats()
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(network.state.map(\.name).contains("encoder.0.weight"))
    #expect(network.state.map(\.name).contains("heads.auxiliary.bias"))
  }

  /// What the heads see, and so what they say, is the same however far from 0 and however small the features are.
  @Test func featuresAreNormalisedBeforeTheHeads() throws {
    let features = try RandomStream(seed: 9).generator().normal([40, 72])
    let moved = try features * 0.25 + 50
    for (normalise, isSame) in [(true, true), (false, false)] {
      let network = try network(normalise: normalise)
      let outputs = try [features, moved].map {
        try #require(try network.outputs($0, .batchStatistics)["auxiliary"]).floats()
      }
      #expect(zip(outputs[0], outputs[1]).allSatisfy { abs($0 - $1) < 0.02 } == isSame)
    }
  }

  /// Once the network is used its outputs depend on no other item of the batch, and are near those of training.
  @Test func theNormalisationKeepsRunningStatistics() throws {
    let network = try network()
    let features = try RandomStream(seed: 10).generator().normal([200, 72]) * 3 + 7
    for _ in 0..<80 { _ = try network.outputs(features, .training) }
    let state = Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, $0) })
    let mean = try #require(state["normalisation.running_mean"])
    #expect(!mean.isParameter)
    let expected = try features.mean([0]).floats()
    #expect(zip(try mean.tensor.floats(), expected).allSatisfy { abs($0 - $1) < 0.01 })
    let alone = try #require(try network.outputs(features.sliced(0..<1), .evaluation)["main"]).floats()
    let together = try #require(try network.outputs(features, .batchStatistics)["main"]).floats()
    #expect(zip(alone, together).allSatisfy { abs($0 - $1) < 0.02 })
  }

  /// r copies of the base views through the network, as the paper's code does, give the loss and the gradients
  /// of one pass of each base view.
  @Test func theBaseViewPassedOnceEqualsCopies() throws {
    let (n, r) = (12, 3)
    let generator = try RandomStream(seed: 6).generator()
    let base = try generator.uniform([n, 1, 6, 6])
    let transformed = try generator.uniform([r * n, 1, 6, 6])
    let objective = ClusteringObjective(heads)

    func gradients(_ pair: ViewPair, _ network: ClusteringNetwork) throws -> (Double, [[Float]]) {
      let outputs = try network.outputs(pair, .training)
      let value = try objective(outputs, .training)
      try value.total.backward()
      return (try value.total.item(), try network.parameters.map { try #require(try $0.gradient).floats() })
    }
    let once = try gradients(ViewPair(base: View(base), transformed: View(transformed)), network())
    let copies = try gradients(
      ViewPair(base: View(base.repeated([r, 1, 1, 1])), transformed: View(transformed)), network())
    #expect(abs(once.0 - copies.0) < 1e-5)
    for (left, right) in zip(once.1, copies.1) {
      #expect(zip(left, right).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    #expect(once.1.contains { $0.contains { abs($0) > 1e-2 } })
  }

  /// Where clusters agree on their features but for one factor, the merged cluster's probability is the members' sum.
  @Test func aMergedClusterHasItsMembersProbability() throws {
    let generator = try RandomStream(seed: 7).generator()
    let heads = [
      HeadConfiguration(name: "main", clusters: 2, subheads: 2),
      HeadConfiguration(name: "auxiliary", clusters: 4, subheads: 2, deviation: 1),
    ]
    let network = try ClusteringNetwork(
      encoder: FeatureEncoder(layer: Flatten(), featureCount: 3), heads: heads, normalise: false,
      precision: .float32, generator: generator)
    let state = Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, $0.tensor) })
    // Clusters 0 and 2, and 1 and 3, differ by their biases alone: by the logarithm of their masses' ratio, 3.
    var weight = try #require(state["heads.auxiliary.weight"]).floats()
    for subhead in 0..<2 {
      for value in 0..<6 { weight[subhead * 12 + 6 + value] = weight[subhead * 12 + value] }
    }
    try #require(state["heads.auxiliary.weight"]).assign(Tensor(weight, shape: [8, 3]))
    let bias: [Float] = [log(3), log(3), 0, 0]
    try #require(state["heads.auxiliary.bias"]).assign(Tensor(bias + bias, shape: [8]))
    let masses = [3.0, 3, 1, 1]
    let joint = (0..<4).flatMap { i in (0..<4).map { j in i % 2 == j % 2 ? masses[i] * masses[j] : 0 } }

    let merging = ClusterMerging(joint: joint, into: 2) {}
    #expect(merging.groups == [0, 1, 0, 1])
    try network.start("main", from: "auxiliary", [merging, merging])
    let outputs = try network.outputs(generator.normal([5, 3]), .evaluation)
    let main = try #require(outputs["main"]).floats()  // [5, 2, 2]
    let auxiliary = try #require(outputs["auxiliary"]).floats()  // [5, 2, 4]
    for row in 0..<10 {
      for cluster in 0..<2 {
        let sum = auxiliary[row * 4 + cluster] + auxiliary[row * 4 + cluster + 2]
        #expect(abs(main[row * 2 + cluster] - sum) < 1e-5)
      }
    }
  }

  /// Groups of one, two and three clusters of very different mass: a merged cluster's row is the mean of its members'
  /// by their parts w of its mass, and its bias sum w (b - ln w).
  @Test func aMergedClusterWeighsItsMembersByTheirMass() throws {
    let generator = try RandomStream(seed: 9).generator()
    let heads = [
      HeadConfiguration(name: "main", clusters: 3, subheads: 2),
      HeadConfiguration(name: "auxiliary", clusters: 6, subheads: 2, deviation: 1),
    ]
    let network = try ClusteringNetwork(
      encoder: FeatureEncoder(layer: Flatten(), featureCount: 4), heads: heads, precision: .float32,
      generator: generator)
    let state = Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, $0.tensor) })
    let bias = try #require(state["heads.auxiliary.bias"])
    try bias.assign(generator.normal([12]))
    let groups = [[0, 1, 1, 2, 2, 2], [0, 1, 0, 0, 2, 1]]
    let masses = [[5.0, 1, 9, 0.5, 20, 3], [1.0, 7, 0.2, 11, 4, 2]]
    let merged = (0..<2).map { subhead in
      let (groups, masses) = (groups[subhead], masses[subhead])
      let totals = (0..<3).map { group in zip(masses, groups).reduce(0) { $0 + ($1.1 == group ? $1.0 : 0) } }
      let joint = (0..<6).flatMap { i in
        (0..<6).map { j in groups[i] == groups[j] ? masses[i] * masses[j] / totals[groups[i]] : 0 }
      }
      return ClusterMerging(joint: joint, into: 3) {}
    }
    #expect(merged.map(\.groups) == groups)
    try network.start("main", from: "auxiliary", merged)
    let (rows, biases) = (try #require(state["heads.auxiliary.weight"]).doubles(), try bias.doubles())
    let newRows = try #require(state["heads.main.weight"]).doubles()
    let newBiases = try #require(state["heads.main.bias"]).doubles()
    for subhead in 0..<2 {
      for group in 0..<3 {
        let members = (0..<6).filter { groups[subhead][$0] == group }
        let total = members.reduce(0) { $0 + masses[subhead][$1] }
        let parts = members.map { masses[subhead][$0] / total }
        let expected = zip(members, parts).reduce(0) { $0 + $1.1 * (biases[subhead * 6 + $1.0] - log($1.1)) }
        #expect(abs(newBiases[subhead * 3 + group] - expected) < 1e-5)
        for feature in 0..<4 {
          let row = zip(members, parts).reduce(0) { $0 + $1.1 * rows[(subhead * 6 + $1.0) * 4 + feature] }
          #expect(abs(newRows[(subhead * 3 + group) * 4 + feature] - row) < 1e-5)
        }
      }
    }
  }

  @Test func initialWeightsHaveTheDeviationAskedFor() throws {
    for deviation in [0.01, 0.5] {
      let head = HeadConfiguration(name: "main", clusters: 10, deviation: deviation)
      let network = try ClusteringNetwork(
        encoder: FeatureEncoder(layer: Flatten(), featureCount: 400), heads: [head], precision: .float32,
        generator: RandomStream(seed: 8).generator())
      let weights = try #require(network.state.first { $0.name == "heads.main.weight" }).tensor.doubles()
      let found = (weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)).squareRoot()
      #expect(abs(found / deviation - 1) < 0.02)
    }
  }
}
