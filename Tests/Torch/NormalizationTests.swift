import Testing

@testable import Torch

/// The fused operation beside the layers it stands for, one after the other.
@Suite struct NormalizationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let shape: [Int]
    var isCarried = false
    var isChannelsLast = true
    var testDescription: String {
      "\(shape)\(isCarried ? ", carried" : "")\(isChannelsLast ? ", channels last" : "")"
    }
  }

  /// What a norm of given inputs yields, with the gradients of a weighted sum of its output.
  struct Outcome {
    var output: [Double], gradients: [[Double]], statistics: [Double]
  }

  private func outcome(of shape: Case, type: DataType = .float32, isFused: Bool) throws -> Outcome {
    let generator = try RandomGenerator(seed: 3)
    func draw(_ shape: [Int], mean: Double = 0) throws -> Tensor { try generator.normal(shape) + mean }
    func map(_ values: Tensor) throws -> Tensor {
      let values = try values.to(type)
      let placed = shape.isChannelsLast && shape.shape.count == 4 ? try values.channelsLast() : values
      try placed.requireGradient()
      return placed
    }
    let channels = shape.shape[1]
    let input = try map(draw(shape.shape, mean: 20) * 3)
    let carried = shape.isCarried ? try map(draw(shape.shape)) : nil
    let weight = try draw([channels], mean: 1)
    let bias = try draw([channels])
    for parameter in [weight, bias] { try parameter.requireGradient() }
    let runningMean = try Tensor.zeros([channels])
    let runningVariance = try Tensor.ones([channels])
    func plainNorm(mean: Tensor, variance: Tensor) throws -> Tensor {
      let norm = try input.batchNorm(
        weight: weight, bias: bias, runningMean: mean, runningVariance: variance, training: true, momentum: 0.1,
        epsilon: 1e-5)
      return try carried.map { try norm + $0 } ?? norm
    }
    // Rounding decides on which side of ReLU's corner a value at the corner is: its gradient is left out.
    let values = try plainNorm(mean: .zeros([channels]), variance: .ones([channels])).doubles()
    let isClear = try Tensor(values.map { abs($0) > 1e-3 ? 1 : 0 } as [Float], shape: shape.shape)
    let output: Tensor
    if isFused {
      output = try input.batchNormReLU(
        weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance, training: true,
        momentum: 0.1, epsilon: 1e-5, carried: carried)
    } else {
      output = try plainNorm(mean: runningMean, variance: runningVariance).relu()
    }
    try (output.to(.float32) * draw(shape.shape) * isClear).sum().backward()
    let leaves = [input, weight, bias] + (carried.map { [$0] } ?? [])
    let gradients = try leaves.compactMap { try $0.gradient?.doubles() }
    #expect(gradients.count == leaves.count)
    return Outcome(
      output: try output.doubles(), gradients: gradients,
      statistics: try runningMean.doubles() + runningVariance.doubles())
  }

  private func expectClose(_ found: [Double], _ expected: [Double], within tolerance: Double) {
    #expect(found.count == expected.count)
    let largest = expected.map(abs).max() ?? 0
    #expect(largest > 0 && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * largest })
  }

  @Test(arguments: [
    Case(shape: [5, 3, 7, 9]), Case(shape: [5, 3, 7, 9], isCarried: true), Case(shape: [40, 64, 12, 12]),
    Case(shape: [40, 64, 12, 12], isCarried: true), Case(shape: [6, 17, 4, 4], isChannelsLast: false),
    Case(shape: [6, 17, 4, 4], isCarried: true, isChannelsLast: false), Case(shape: [33, 20]),
    Case(shape: [33, 20], isCarried: true), Case(shape: [3, 1, 2, 2]), Case(shape: [4, 3, 10]),
  ])
  func fusedNumbersAreThoseOfThePlainLayers(_ shape: Case) throws {
    let fused = try outcome(of: shape, isFused: true)
    let plain = try outcome(of: shape, isFused: false)
    expectClose(fused.output, plain.output, within: 1e-4)
    expectClose(fused.statistics, plain.statistics, within: 1e-4)
    for (gradient, expected) in zip(fused.gradients, plain.gradients) {
      expectClose(gradient, expected, within: 1e-4)
    }
  }

  /// bfloat16 keeps 8 bits, and the plain layers round after each operation.
  @Test(arguments: [Case(shape: [8, 32, 6, 6]), Case(shape: [8, 32, 6, 6], isCarried: true)])
  func fusedNumbersAreCloseInBfloat16(_ shape: Case) throws {
    let fused = try outcome(of: shape, type: .bfloat16, isFused: true)
    let plain = try outcome(of: shape, type: .bfloat16, isFused: false)
    expectClose(fused.output, plain.output, within: 0.01)
    expectClose(fused.statistics, plain.statistics, within: 0.001)
  }

  @Test func whatIsNotANumberStaysSo() throws {
    let input = try Tensor([1, .nan, 3, 4] as [Float], shape: [4, 1])
    let output = try BatchNorm2d(channels: 1, activation: .relu)(input, .training).floats()
    #expect(output.allSatisfy { $0.isNaN })
  }

  @Test func shapesThatDifferAreAnError() throws {
    let norm = try BatchNorm2d(channels: 2, activation: .relu)
    let input = try Tensor.ones([2, 2, 4, 4])
    let carried = try Tensor.ones([2, 2, 3, 4])
    let error = #expect(throws: TorchError.self) { _ = try norm(input, .training, adding: carried) }
    #expect(error.map { "\($0)".contains("batchNormReLU") && "\($0)".contains("[2, 2, 3, 4]") } == true)
  }

  /// One value has no variance: it is refused by name, and the running statistics stay as they are.
  @Test(arguments: [[1, 3], [1, 3, 1, 1], [1, 3, 1]], [Pass.training, .batchStatistics])
  func aSingleValueIsRefused(shape: [Int], pass: Pass) throws {
    for activation in [BatchNorm2d.Activation.none, .relu] {
      let norm = try BatchNorm2d(channels: 3, activation: activation)
      let error = #expect(throws: TorchError.self) { try norm(.ones(shape), pass) }
      #expect(
        error?.message.hasPrefix(
          "found an input of shape \(shape); expected two values or more for each of 3 channels") == true)
      #expect(try norm.runningVariance.floats() == [1, 1, 1])
      #expect(try norm(.ones(shape), .evaluation).shape == shape)
      #expect(try norm(.ones([2] + shape.dropFirst()), pass).floats().allSatisfy(\.isFinite))
    }
  }
}
