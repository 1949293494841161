import IICCore
import Testing
import Torch

@testable import Imaging

@Suite struct ImageEncoderTests {
  @Test(arguments: ImageEncoder.allCases)
  func everyEncoderGivesItsFeaturesAndGradients(encoder: ImageEncoder) throws {
    for (channels, size) in [(1, 24), (2, 28), (3, 32), (4, 24), (5, 24)] {
      let made = try encoder.make(channels: channels, size: size, generator: RandomGenerator(seed: 1))
      let views = try RandomGenerator(seed: 2).uniform([4, channels, size, size]).channelsLast()
      let features = try made.layer(views, .training)
      #expect(features.shape == [4, made.featureCount])
      #expect(try features.floats().allSatisfy(\.isFinite))
      try (features * features).sum().backward()
      #expect(!made.layer.parameters.isEmpty)
      for parameter in made.layer.parameters {
        let gradient = try #require(try parameter.gradient).floats()
        #expect(gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite))
      }
    }
  }

  /// The paper's network: 5x5 kernels, 512 x 3 x 3 features of a 24 x 24 image.
  @Test func clusterNet6cHasThePapersSizes() throws {
    let made = try ImageEncoder.clusterNet6c.make(channels: 1, size: 24, generator: RandomGenerator(seed: 1))
    #expect(made.featureCount == 512 * 3 * 3)
    let convolutions = made.layer.parameters.map(\.shape).filter { $0.count == 4 }
    #expect(convolutions == [[64, 1, 5, 5], [128, 64, 5, 5], [256, 128, 5, 5], [512, 256, 5, 5]])
  }

  /// By the channels of the input, as the paper's code draws for this network.
  @Test func clusterNet6cStartsByItsInputs() throws {
    let made = try ImageEncoder.clusterNet6c.make(channels: 1, size: 24, generator: RandomGenerator(seed: 1))
    let convolutions = made.layer.parameters.filter { $0.shape.count == 4 }
    #expect(convolutions.count == 4)
    for weight in convolutions {
      let variance = try (weight * weight).mean().item()
      let expected = 2 / Double(weight.shape[1] * 25)
      let tolerance = 5 * (2 / Double(weight.count)).squareRoot()
      #expect(abs(variance / expected - 1) < tolerance)
    }
  }
}
