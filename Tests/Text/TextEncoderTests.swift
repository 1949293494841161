import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import TextModality

@Suite struct TextEncoderTests {
  private func encoder(
    _ text: String, ids: Int = 30, length: Int = 12
  ) throws -> FeatureEncoder {
    let configuration = try ManifestDocument(text: text).read(TextEncoderConfiguration.self).configuration
    return try configuration.make(ids: ids, length: length, generator: RandomGenerator(seed: 1))
  }

  /// Six texts of 12, 11, ... tokens, then padding.
  private func tokens(length: Int = 12) throws -> Tensor {
    var ids: [Int] = []
    for row in 0..<6 {
      for place in 0..<length { ids.append(place < 12 - row ? 1 + (place * 7 + row * 5) % 29 : 0) }
    }
    return try Tensor(ids).reshaped([6, length]).to(.int32)
  }

  @Test(arguments: TextEncoderConfiguration.Name.allCases, Precision.allCases)
  func everyEncoderGivesItsFeaturesAndGradients(name: TextEncoderConfiguration.Name, precision: Precision) throws {
    let made = try encoder("{name: \(name.rawValue), width: 16}")
    let input = try tokens()
    let features = try precision.autocast(on: .cpu) { () throws(TorchError) in
      try made.layer(input, .training)
    }.to(.float32)
    #expect(features.shape == [6, made.featureCount])
    #expect(try features.floats().allSatisfy(\.isFinite))
    // A weight of its own for each feature: the sum of squares of normalised ones would not change.
    let weights = try RandomGenerator(seed: 3).normal(features.shape)
    try (features * weights).sum().backward()
    for entry in made.layer.state where entry.isParameter {
      let gradient = try #require(try entry.tensor.gradient, "\(entry.name)").floats()
      #expect(gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite), "\(entry.name)")
    }
    let embedding = try #require(made.layer.state.first?.tensor)
    #expect(try embedding.gradient?.sliced(0..<1).floats().allSatisfy { $0 == 0 } == true)
  }

  @Test(arguments: TextEncoderConfiguration.Name.allCases)
  func aTextWithoutTokensHasFiniteFeatures(name: TextEncoderConfiguration.Name) throws {
    let made = try encoder("{name: \(name.rawValue)}")
    let nothing = try Tensor.full([2, 12], 0, dtype: .int32)
    #expect(try made.layer(nothing, .training).floats().allSatisfy(\.isFinite))
  }

  @Test func paddingDoesNotCount() throws {
    for name in ["bag", "convolution"] {
      let made = try encoder("{name: \(name)}")
      let features = try made.layer(tokens(), .evaluation).floats()
      let padded = try made.layer(tokens(length: 20), .evaluation).floats()
      #expect(features.count == 6 * made.featureCount && padded.count == features.count)
      #expect(zip(features, padded).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test func onlyABagForgetsTheOrder() throws {
    let text = try Tensor(Array(1...12)).reshaped([1, 12]).to(.int32)
    let turned = try Tensor((1...12).reversed()).reshaped([1, 12]).to(.int32)
    for name in TextEncoderConfiguration.Name.allCases {
      let made = try encoder("{name: \(name.rawValue)}")
      let features = try [text, turned].map { try made.layer($0, .evaluation).floats() }
      #expect(features.allSatisfy { $0.count == made.featureCount && $0.allSatisfy(\.isFinite) })
      let isSame = zip(features[0], features[1]).allSatisfy { abs($0 - $1) < 1e-5 }
      #expect(isSame == (name == .bag))
    }
  }

  /// PyTorch's own layers with the same weights give the same features; see Fixtures/make_transformer.py.
  @Test func theTransformerIsPyTorchs() throws {
    let file = try #require(
      Bundle.module.url(forResource: "transformer", withExtension: "safetensors", subdirectory: "Fixtures"))
    let made = try encoder("{name: transformer, width: 8, heads: 2, layers: 2}", ids: 20, length: 6)
    let ids = try Tensor.zeros([3, 6])
    let expected = try Tensor.zeros([3, 8])
    let given = [("ids", ids), ("features", expected)].map {
      NamedTensor(name: $0.0, tensor: $0.1, isParameter: false)
    }
    try Weights.read(file, into: made.layer.state + given) { _ in false }
    let features = try made.layer(ids.to(.int32), .evaluation).floats()
    #expect(features.count == 24)
    #expect(try zip(features, expected.floats()).allSatisfy { abs($0 - $1) < 2e-6 })
  }
}
