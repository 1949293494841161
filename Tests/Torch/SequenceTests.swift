import Foundation
import Testing

@testable import Torch

@Suite struct SequenceTests {
  private func table() throws -> Tensor {
    let table = try Tensor([0, 0, 1, 2, 3, 4, 5, 6] as [Float], shape: [4, 2])
    try table.requireGradient()
    return table
  }

  @Test func anEmbeddingLooksRowsUp() throws {
    let table = try table()
    let ids = try Tensor([1, 3, 1, 0]).reshaped([2, 2]).to(.int32)
    let rows = try table.embedding(of: ids, padding: 0)
    #expect(rows.shape == [2, 2, 2])
    #expect(try rows.floats() == [1, 2, 5, 6, 1, 2, 0, 0])
    try rows.sum().backward()
    // Each use counts once; the padding does not learn.
    #expect(try table.gradient?.floats() == [0, 0, 2, 2, 0, 0, 1, 1])
    #expect(throws: TorchError.self) { try table.embedding(of: Tensor([4]), padding: 0) }
  }

  @Test func theMeanOfAnEmbeddingLeavesPaddingOut() throws {
    let table = try table()
    let ids = try Tensor([1, 3, 0, 0, 0, 0]).reshaped([2, 3]).to(.int32)
    let means = try table.embeddingMean(of: ids, padding: 0)
    #expect(try means.floats() == [3, 4, 0, 0])
    try means.sum().backward()
    #expect(try table.gradient?.floats() == [0, 0, 0.5, 0.5, 0, 0, 0.5, 0.5])
    #expect(throws: TorchError.self) { try table.embeddingMean(of: Tensor([1]), padding: 0) }
  }

  @Test func layersOfVectorsStartWithZeroPadding() throws {
    let layers: [any Layer] = try [
      Embedding(count: 2001, width: 8, generator: RandomGenerator(seed: 1)),
      EmbeddingMean(count: 2001, width: 8, generator: RandomGenerator(seed: 1)),
    ]
    for layer in layers {
      let values = try #require(layer.parameters.first).doubles()
      #expect(values.count == 2001 * 8)
      #expect(values.prefix(8).allSatisfy { $0 == 0 })
      let variance = values.reduce(0) { $0 + $1 * $1 } / 16_000
      #expect(abs(variance / 0.01 - 1) < 0.04)
    }
  }

  @Test func aLayerNormNormalisesEachVector() throws {
    let layer = try LayerNorm(features: 2, epsilon: 0)
    let output = try layer(Tensor([1, 3, 10, 30] as [Float], shape: [2, 2]), .training)
    #expect(try output.floats() == [-1, 1, -1, 1])
    try layer.weight.assign(Tensor([2, 2] as [Float], shape: [2]))
    try layer.bias.assign(Tensor([1, 0] as [Float], shape: [2]))
    #expect(try layer(Tensor([1, 3] as [Float], shape: [1, 2]), .training).floats() == [-1, 2])
  }

  @Test func geluIsItsFormula() throws {
    let x = (-30...30).map { Float($0) / 10 }
    let expected = x.map { value in
      let half = 0.5 * Double(value)
      return Float(half * (1 + erf(Double(value) / 2.0.squareRoot())))
    }
    let values = try Tensor(x, shape: [x.count]).gelu().floats()
    #expect(values.count == 61 && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func aConvolutionOfOnesCountsItsWindow() throws {
    let output = try Tensor.ones([1, 2, 4]).conv1d(weight: .ones([1, 2, 3]), padding: 1)
    #expect(try output.floats() == [4, 6, 6, 4])
    let layer = try Conv1d(
      inputChannels: 64, outputChannels: 128, kernel: 5, padding: 2, generator: RandomGenerator(seed: 1))
    let weights = try layer.weight.doubles()
    let variance = weights.reduce(0) { $0 + $1 * $1 } / Double(weights.count)
    #expect(abs(variance / (2 / 320.0) - 1) < 0.02)
    #expect(try layer(Tensor.ones([3, 64, 7]), .training).shape == [3, 128, 7])
  }

  /// `softmax(Q K^T / sqrt(d)) V`, place by place in float64.
  @Test func attentionIsItsFormula() throws {
    let (length, size) = (5, 3)
    let generator = try RandomGenerator(seed: 1)
    let sides = try (0..<3).map { _ in try generator.normal([2, 1, length, size]) }
    let seen = [[true, true, true, true, true], [true, false, true, false, false]]
    let signs: [Float] = seen.joined().map { $0 ? -1 : 1 }
    let mask = try Tensor(signs, shape: [2, 1, 1, length]) < 0
    let output = try Tensor.attention(queries: sides[0], keys: sides[1], values: sides[2], mask: mask).doubles()
    let values = try sides.map { try $0.doubles() }
    for item in 0..<2 {
      func row(_ side: Int, _ place: Int) -> [Double] {
        let start = (item * length + place) * size
        return Array(values[side][start..<(start + size)])
      }
      for query in 0..<length {
        var weights = [Double](repeating: 0, count: length)
        for key in 0..<length where seen[item][key] {
          var product = 0.0
          for (one, other) in zip(row(0, query), row(1, key)) { product += one * other }
          weights[key] = exp(product / Double(size).squareRoot())
        }
        let total = weights.reduce(0, +)
        for feature in 0..<size {
          var sum = 0.0
          for key in 0..<length { sum += weights[key] * row(2, key)[feature] }
          let found = output[(item * length + query) * size + feature]
          #expect(abs(found - sum / total) < 1e-5)
        }
      }
    }
  }

  @Test func attentionToNothingIsFinite() throws {
    let values = try Tensor.ones([1, 1, 4, 2])
    let mask = try Tensor.ones([1, 1, 1, 4]) < 0
    let output = try Tensor.attention(queries: values, keys: values, values: values, mask: mask)
    let found = try output.floats()
    #expect(found.count == 8 && found.allSatisfy { $0.isFinite })
  }
}
