import IICCore
import Testing
import Torch

@testable import Imaging

@Suite struct DenseEncoderTests {
  private func map(_ encoder: FeatureEncoder, _ channels: Int, _ height: Int, _ width: Int) throws -> [Int] {
    try withoutGradients { try encoder.layer(.zeros([1, channels, height, width]), .evaluation).shape }
  }

  /// The published sizes: 128 becomes 64, 60 and, with the head's padding, 62; 200 becomes 100, 96 and 98.
  @Test func thePublishedNetworkHasThePublishedMaps() throws {
    let generator = try RandomGenerator(seed: 0)
    let encoder = try DenseEncoder.segmentationNet10a.make(channels: 5, generator: generator)
    #expect(encoder.isDense && encoder.featureCount == 512)
    #expect(try map(encoder, 5, 128, 128) == [1, 512, 62, 62])
    #expect(try map(encoder, 5, 200, 96) == [1, 512, 98, 46])
    let weights = encoder.layer.state.filter { $0.name.hasSuffix("weight") && $0.tensor.shape.count == 4 }
    #expect(
      weights.map(\.tensor.shape) == [
        [64, 5, 3, 3], [128, 64, 3, 3], [256, 128, 3, 3], [256, 256, 3, 3], [512, 256, 3, 3], [512, 512, 3, 3],
      ])
    // Kaiming's deviation by the inputs: sqrt(2 / (channels 9)).
    for entry in weights.dropFirst() {
      let values = try entry.tensor.doubles()
      let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
      #expect(abs(deviation / (2 / Double(entry.tensor.shape[1] * 9)).squareRoot() - 1) < 0.05)
    }
  }

  /// The ring of zeros gives what a convolution of 1 x 1 with padding 1 and no bias would: the same for all at the rim.
  @Test func theRimIsZero() throws {
    let encoder = try DenseEncoder.segmentationNet10a.make(channels: 3, generator: RandomGenerator(seed: 0))
    let features = try withoutGradients {
      try encoder.layer(RandomGenerator(seed: 1).uniform([1, 3, 20, 20]), .evaluation)
    }
    let side = features.shape[2]
    for (range, dimension) in [(0..<1, 2), (side - 1..<side, 2), (0..<1, 3), (side - 1..<side, 3)] {
      #expect(try features.sliced(range, along: dimension).doubles().allSatisfy { $0 == 0 })
    }
  }

  @Test func theCompactOneKeepsTheSize() throws {
    let encoder = try DenseEncoder.compact.make(channels: 3, generator: RandomGenerator(seed: 0))
    #expect(try map(encoder, 3, 17, 23) == [1, encoder.featureCount, 17, 23])
  }

  /// With dilation in place of the last two strides a map is an eighth of its view, and the weights are those without.
  @Test(arguments: [(DenseEncoder.resNet18, ImageEncoder.resNet18, 512), (.resNet50, .resNet50, 2048)])
  func residualTrunksHaveMapsAndTheSameWeights(_ dense: DenseEncoder, _ plain: ImageEncoder, features: Int) throws {
    let encoder = try dense.make(channels: 3, generator: RandomGenerator(seed: 0))
    #expect(try map(encoder, 3, 64, 96) == [1, features, 8, 12])
    let other = try plain.make(channels: 3, size: 64, generator: RandomGenerator(seed: 0))
    #expect(encoder.layer.state.map(\.name) == other.layer.state.map(\.name))
    #expect(encoder.layer.state.map(\.tensor.shape) == other.layer.state.map(\.tensor.shape))
  }
}
