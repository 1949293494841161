import Testing
import Torch

@testable import IICCore

@Suite struct ClusteringNetworkTests {
  private let heads = [
    HeadConfiguration(name: "main", clusters: 4, subheads: 2), HeadConfiguration(name: "auxiliary", clusters: 6),
  ]

  private func network() throws -> ClusteringNetwork {
    let generator = try RandomStream(seed: 5).generator()
    let layers = Sequential([
      try Conv2d(inputChannels: 1, outputChannels: 8, kernel: 3, padding: 1, generator: generator),
      try BatchNorm2d(channels: 8), ReLU(), MaxPool2d(kernel: 2), Flatten(),
    ])
    let network = try ClusteringNetwork(
      encoder: FeatureEncoder(layer: layers, featureCount: 8 * 9), heads: heads, precision: .float32,
      generator: generator)
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
      let value = try objective(base: outputs.base, transformed: outputs.transformed)
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
}
