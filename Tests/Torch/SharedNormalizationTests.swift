import Testing
import Torch

/// Batch normalisation of a batch that two processes have halves of.
@Suite struct SharedNormalizationTests {
  /// A process that is told what the other one has, in the order in which sums are asked for.
  private final class Half: ProcessGroup, @unchecked Sendable {
    private let others: [Tensor]
    private(set) var next = 0

    init(_ others: [Tensor]) { self.others = others }

    var count: Int { 2 }

    func sum(_ tensor: Tensor) throws(TorchError) -> Tensor {
      defer { next += 1 }
      return try tensor + others[next]
    }
  }

  private func input() throws -> Tensor { try RandomGenerator(seed: 4).normal([10, 3, 2, 2]) * 3 + 5 }

  /// Output and running statistics of a half are those of its rows in the whole batch.
  @Test func halvesAreNormalisedAsTheWhole() throws {
    let (rows, rest) = (0..<4, 4..<10)
    let whole = try BatchNorm2d(channels: 3)
    let expected = try whole(input(), .training)

    // What the other process would sum: how many, their values, and how far these are from the common mean.
    let other = try input().sliced(rest)
    let mean = try input().mean([0, 2, 3])  // [3]
    let centred = try other - mean.reshaped([1, 3, 1, 1])
    let group = Half([
      try Tensor([24] as [Float], shape: [1]), try other.sum([0, 2, 3]), try (centred * centred).sum([0, 2, 3]),
    ])
    let half = try BatchNorm2d(channels: 3)
    let found = try half(input().sliced(rows), Pass(.training, processes: group))
    #expect(group.next == 3)
    let rowsOfExpected = try expected.detached().sliced(rows).doubles()
    #expect(zip(try found.detached().doubles(), rowsOfExpected).allSatisfy { abs($0 - $1) < 1e-5 })
    for name in ["running_mean", "running_var"] {
      let one = try #require(whole.state.first { $0.name == name }).tensor.doubles()
      let two = try #require(half.state.first { $0.name == name }).tensor.doubles()
      #expect(zip(one, two).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
    }
  }

  @Test func aProcessAloneIsNormalisedAsBefore() throws {
    let (one, other) = (try BatchNorm2d(channels: 3), try BatchNorm2d(channels: 3))
    #expect(
      try one(input(), .training).floats() == other(input(), Pass(.training, processes: SingleProcess())).floats())
  }
}
