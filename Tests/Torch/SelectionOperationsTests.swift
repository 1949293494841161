import Testing
import Torch

/// Operations that choose, compare, and divide whole numbers; the expected values are computed by hand.
@Suite struct SelectionOperationsTests {
  @Test func elementsAreChosenByACondition() throws {
    let x = try Tensor([-2, -1, 0, 1, 2, 3] as [Float], shape: [2, 3])
    let chosen = try Tensor.where(x < 1, x, Tensor.full([1, 3], 9))
    #expect(try chosen.floats() == [-2, -1, 0, 9, 9, 9])
    try x.requireGradient()
    try Tensor.where(x < 1, x * 2, x * 5).sum().backward()
    #expect(try x.gradient?.floats() == [2, 2, 2, 5, 5, 5])
  }

  @Test func equality() throws {
    let x = try Tensor([3, 0, 3, 4])
    #expect(try (x == 3).to(.uint8).integers() == [1, 0, 1, 0])
    #expect(try (x == x.flipped(along: 0)).to(.uint8).integers() == [0, 0, 0, 0])
    #expect(try (x == Tensor([3])).to(.uint8).integers() == [1, 0, 1, 0])
  }

  @Test func divisionRoundedDown() throws {
    let x = try Tensor([-7, -1, 0, 5, 7])
    #expect(try (x % 3).integers() == [2, 2, 0, 2, 1])
    #expect(try x.floorDivided(by: 3).integers() == [-3, -1, 0, 1, 2])
    let real = try Tensor([-0.5, 1.25, 7] as [Float], shape: [3])
    #expect(try (real % 1).floats() == [0.5, 0.25, 0])
    #expect(try real.floorDivided(by: 0.5).floats() == [-1, 2, 14])
    #expect(throws: TorchError.self) { try x % 0 }
    #expect(throws: TorchError.self) { try x.floorDivided(by: 0) }
    #expect(throws: TorchError.self) { try x % 2.5 }
  }

  @Test func flipping() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(try x.flipped(along: 1).floats() == [3, 2, 1, 6, 5, 4])
    #expect(try x.flipped(along: 0).floats() == [4, 5, 6, 1, 2, 3])
  }

  @Test func stridesOfAConvolutionAlongTime() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6, 7] as [Float], shape: [1, 1, 7])
    let weight = try Tensor([1, 10] as [Float], shape: [1, 1, 2])
    #expect(try x.conv1d(weight: weight, stride: 2).floats() == [21, 43, 65])
    #expect(try x.conv1d(weight: weight, stride: 3, padding: 1).floats() == [10, 43, 76])
    let layer = try Conv1d(
      inputChannels: 1, outputChannels: 4, kernel: 3, stride: 2, padding: 1, generator: RandomGenerator(seed: 1))
    #expect(try layer(x, .training).shape == [1, 4, 4])
  }

  @Test func poolingAlongTime() throws {
    let x = try Tensor([1, 5, 2, 4, 3, 9, 0, 8] as [Float], shape: [1, 2, 4])
    #expect(try x.maxPool1d(kernel: 2, stride: 2).floats() == [5, 4, 9, 8])
    #expect(try x.averagePool1d(kernel: 2, stride: 2).floats() == [3, 3, 6, 4])
    // What is padded does not count.
    #expect(try x.averagePool1d(kernel: 2, stride: 2, padding: 1).floats() == [1, 3.5, 4, 3, 4.5, 8])
    #expect(try MaxPool1d(kernel: 4)(x, .evaluation).floats() == [5, 9])
    #expect(try GlobalAveragePool1d()(x, .evaluation).floats() == [3, 5])
  }
}
