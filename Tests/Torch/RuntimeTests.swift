import Foundation
import Testing

@testable import Torch

@Suite struct RuntimeTests {
  @Test func equalSeedsGiveEqualDraws() throws {
    let draws = try (0..<2).map { _ in try RandomGenerator(seed: 7).normal([100]).floats() }
    #expect(draws[0] == draws[1])
    #expect(try RandomGenerator(seed: 8).normal([100]).floats() != draws[0])
    let uniform = try RandomGenerator(seed: 7).uniform([1000], in: 2...3).floats()
    #expect(uniform.allSatisfy { (2...3).contains($0) })
    let share = try RandomGenerator(seed: 7).bernoulli([10_000], p: 0.3).mean().item()
    #expect(abs(share - 0.3) < 0.02)
  }

  @Test func autocastComputesInBfloat16AndEnds() throws {
    let a = try Tensor.ones([8, 8])
    let inside = try Precision.bfloat16.autocast(on: .cpu) { () throws(TorchError) in try a.matmul(a) }
    #expect(try inside.dtype == .bfloat16)
    #expect(try a.matmul(a).dtype == .float32)
    #expect(try Precision.float32.autocast(on: .cpu) { () throws(TorchError) in try a.matmul(a) }.dtype == .float32)
    #expect(throws: TorchError.self) {
      try Precision.bfloat16.autocast(on: .cpu) { () throws(TorchError) in try a.matmul(Tensor.ones([3, 3])) }
    }
    #expect(try a.matmul(a).dtype == .float32)
  }

  /// Long enough that every thread takes a part.
  @Test func numbersBelowTheLeastNormalOneAreZero() throws {
    try Runtime.prepare()
    let products = try Tensor.ones([1 << 20]) * 1e-30 * 1e-10
    #expect(try products.max().item() == 0)
    #expect(try (Tensor.ones([1 << 20]) * 1e-30 * 1e-7).min().item() > 0)
  }

  /// Whoever names another by LIBTORCH has another.
  @Test func theVersionIsTheOneAskedFor() {
    guard ProcessInfo.processInfo.environment["LIBTORCH"]?.isEmpty ?? true else { return }
    #expect(Runtime.version.hasPrefix("2.15.0"))
  }
}
