import IICCore
import Testing
import Torch

@testable import Imaging

/// The stack takes the maximum before ReLU; the plain order is the other way round.
@Suite struct ConvolutionStackTests {
  private func plainOrder(
    _ stack: ConvolutionStack, channels: Int, generator: RandomGenerator
  ) throws -> Sequential {
    var layers: [any Layer] = []
    var input = channels
    for (place, (width, kernel)) in zip(stack.widths, stack.kernels).enumerated() {
      layers.append(
        try Conv2d(
          inputChannels: input, outputChannels: width, kernel: kernel, padding: kernel / 2, generator: generator))
      layers.append(try BatchNorm2d(channels: width))
      layers.append(ReLU())
      if place < stack.widths.count - 1 { layers.append(MaxPool2d(kernel: 2)) }
      input = width
    }
    layers.append(Flatten())
    return Sequential(layers)
  }

  /// Outputs in both modes, and the gradients of the views and of every parameter.
  private func figures(_ layer: any Layer, _ views: Tensor) throws -> [[Float]] {
    // Makes windows in which all is below 0 frequent: there ReLU stops the gradient.
    for entry in layer.state where entry.name.hasSuffix("bias") {
      try entry.tensor.assign(.full(entry.tensor.shape, -0.5))
    }
    let input = try views.detached()
    try input.requireGradient()
    let features = try layer(input, .training)
    try (features * features).sum().backward()
    var figures = [try features.floats(), try #require(try input.gradient).floats()]
    for parameter in layer.parameters { figures.append(try #require(try parameter.gradient).floats()) }
    figures.append(try layer(views, .evaluation).floats())
    return figures
  }

  private func compare(_ stack: ConvolutionStack) throws {
    let views = try RandomGenerator(seed: 1).normal([6, 2, 16, 16]).channelsLast()
    let reordered = try stack.encoder(channels: 2, size: 16, generator: RandomGenerator(seed: 2))
    let plain = try plainOrder(stack, channels: 2, generator: RandomGenerator(seed: 2))
    #expect(reordered.layer.state.map(\.name) == plain.state.map(\.name))
    let (found, expected) = (try figures(reordered.layer, views), try figures(plain, views))
    #expect(found.count == expected.count && found[0].count == 6 * reordered.featureCount)
    for (place, (one, other)) in zip(found, expected).enumerated() {
      let scale = other.map(abs).max() ?? 0
      #expect(scale > 0 && largestDifference(one, other) <= 1e-5 * scale, "\(place)")
    }
    #expect(expected[0].contains(0))
  }

  @Test func maximaBeforeReLUEqualThePlainOrder() throws {
    try compare(ConvolutionStack(widths: [8, 12, 16], kernels: [5, 3, 3]))
    try compare(.compact)
    try compare(.clusterNet6c)
  }
}
