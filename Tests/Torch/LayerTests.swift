import Testing

@testable import Torch

@Suite struct LayerTests {
  let generator: RandomGenerator

  init() throws { generator = try RandomGenerator(seed: 1) }

  @Test func convolutionOfOnesCountsItsWindow() throws {
    let image = try Tensor.ones([1, 1, 3, 3])
    let output = try image.conv2d(weight: .ones([1, 1, 3, 3]), padding: 1)
    #expect(try output.floats() == [4, 6, 4, 6, 9, 6, 4, 6, 4])
  }

  @Test func kaimingWeightsHaveTheirVariance() throws {
    let layer = try Conv2d(inputChannels: 64, outputChannels: 128, kernel: 5, generator: generator)
    let weights = try layer.weight.doubles()
    let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
    #expect(abs(variance / (2 / (64.0 * 25)) - 1) < 0.02)
    #expect(layer.weight.isChannelsLast)
  }

  @Test func batchNormNormalisesAndRemembers() throws {
    let layer = try BatchNorm2d(channels: 1, momentum: 0.5)
    let input = try Tensor([1, 3] as [Float], shape: [2, 1, 1, 1])
    let output = try layer(input, .training).floats()
    #expect(abs(output[0] + 1) < 1e-4 && abs(output[1] - 1) < 1e-4)
    #expect(try layer.runningMean.floats() == [1])
    // The unbiased variance of 1 and 3 is 2; half of it and half of the initial 1.
    #expect(try layer.runningVariance.floats() == [1.5])
    let evaluated = try layer(input, .evaluation).floats()
    #expect(abs(evaluated[0]) < 1e-6)
    #expect(try layer.runningMean.floats() == [1])
  }

  @Test func batchStatisticsAreUsedWithoutBeingRemembered() throws {
    let layer = try BatchNorm2d(channels: 1, momentum: 0.5)
    let input = try Tensor([1, 3] as [Float], shape: [2, 1, 1, 1])
    let output = try layer(input, .batchStatistics).floats()
    #expect(abs(output[0] + 1) < 1e-4 && abs(output[1] - 1) < 1e-4)
    #expect(try layer.runningMean.floats() == [0])
    #expect(try layer.runningVariance.floats() == [1])
  }

  @Test func poolingAndFlatteningShapes() throws {
    let input = try Tensor((0..<16).map(Float.init), shape: [1, 1, 4, 4])
    #expect(try MaxPool2d(kernel: 2)(input, .training).floats() == [5, 7, 13, 15])
    #expect(try MaxPool2d(kernel: 2, stride: 2, padding: 1)(input, .training).shape == [1, 1, 3, 3])
    #expect(try GlobalAveragePool2d()(input, .training).floats() == [7.5])
    #expect(try Flatten()(input, .training).shape == [1, 16])
  }

  @Test func sequentialNamesItsState() throws {
    let network = Sequential([
      try Conv2d(inputChannels: 1, outputChannels: 2, kernel: 3, generator: generator),  // 3 x 3 to 1 x 1
      try BatchNorm2d(channels: 2), ReLU(), Flatten(),
      try Linear(inputFeatures: 2, outputFeatures: 3, generator: generator),
    ])
    #expect(
      network.state.map(\.name) == [
        "0.weight", "1.weight", "1.bias", "1.running_mean", "1.running_var", "4.weight", "4.bias",
      ])
    #expect(network.parameters.count == 5)
    #expect(try network(Tensor.ones([4, 1, 3, 3]), .training).shape == [4, 3])
  }

  @Test func identityMapSamplesTheImageItself() throws {
    let image = try Tensor((0..<16).map(Float.init), shape: [1, 1, 4, 4])
    let identity = try Tensor([1, 0, 0, 0, 1, 0] as [Float], shape: [1, 2, 3])
    #expect(try image.affineSampled(by: identity, height: 4, width: 4).floats() == image.floats())
    let mirror = try Tensor([-1, 0, 0, 0, 1, 0] as [Float], shape: [1, 2, 3])
    #expect(try image.affineSampled(by: mirror, height: 4, width: 4).floats().prefix(4) == [3, 2, 1, 0])
  }
}
