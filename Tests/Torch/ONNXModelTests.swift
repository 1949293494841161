import Foundation
import Testing
import Torch

/// Models for other runtimes. That these compute the same is seen in onnxruntime: `Tests/exports.sh`.
@Suite struct ONNXModelTests {
  private let input: Tensor
  private let layer: Linear

  init() throws {
    input = try RandomGenerator(seed: 0).normal([4, 3])
    layer = try Linear(inputFeatures: 3, outputFeatures: 2, generator: RandomGenerator(seed: 1))
  }

  private func model(_ compute: @escaping (Tensor) throws -> [Tensor]) throws -> [UInt8] {
    try ONNXModel(of: input, named: "in", weights: layer.state, outputs: ["out"], compute).bytes
  }

  private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    Data(bytes).range(of: Data(text.utf8)) != nil
  }

  @Test func weightsKeepTheirNamesAndValues() throws {
    let layer = layer
    let bytes = try model { [try layer($0, .evaluation).relu()] }
    for name in ["weight", "bias", "in", "out", "items", "MatMul", "Relu"] {
      #expect(contains(bytes, name), "\(name)")
    }
    let values = try layer.weight.floats().withUnsafeBytes { Data($0) }
    #expect(Data(bytes).range(of: values) != nil)
    // What is not used is not kept.
    let other = try model { [try $0.relu()] }
    #expect(!contains(other, "weight"))
  }

  @Test func whatCannotBeFollowedIsRefused() throws {
    // By the number of items otherwise than in sizes.
    #expect { _ = try model { [try $0 * Double($0.shape[0])] } } throws: {
      "\($0)".contains("depends on the number of items")
    }
    // By values that were read.
    #expect { _ = try model { [try $0 * Double($0.floats()[0])] } } throws: { "\($0)".contains("values are read") }
    // By an operation that ONNX has not.
    #expect { _ = try model { [try $0.isFinite().to(.float32)] } } throws: {
      "\($0)".contains("isfinite") || "\($0)".contains("no counterpart")
    }
    // What the caller throws is the caller's.
    struct Own: Error {}
    #expect(throws: Own.self) { _ = try model { _ in throw Own() } }
    #expect(throws: (any Error).self) { _ = try model { _ in [] } }
  }

  @Test func tracingLeavesGradientsAsTheyWere() throws {
    let layer = layer
    _ = try model { [try layer($0, .evaluation)] }
    let loss = try layer(input, .training).sum()
    try loss.backward()
    #expect(try layer.bias.gradient?.floats() == [4, 4])
  }
}
