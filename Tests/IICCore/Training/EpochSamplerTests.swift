import Testing

@testable import IICCore

@Suite struct EpochSamplerTests {
  @Test func batchesAreFullAndDisjoint() {
    let sampler = EpochSampler(items: Array(0..<103), batchSize: 10, random: RandomStream(seed: 0))
    #expect(sampler.count == 10)
    let items = (0..<sampler.count).flatMap { Array(sampler[$0]) }
    #expect(items.count == 100 && Set(items).count == 100 && items.allSatisfy { (0..<103).contains($0) })
  }

  /// Every item is left out about equally often, so the partial batch biases nothing.
  @Test func whatIsLeftOutIsDrawnAnewEveryEpoch() {
    var seen = [Int](repeating: 0, count: 13)
    let epochs = 3000
    for epoch in 0..<epochs {
      let sampler = EpochSampler(
        items: Array(0..<13), batchSize: 10, random: RandomStream(seed: 0).child("order", epoch))
      for item in sampler[0] { seen[item] += 1 }
    }
    let expected = Double(epochs) * 10 / 13
    // Five standard deviations of a binomial count.
    #expect(seen.allSatisfy { abs(Double($0) - expected) < 5 * (expected * 3 / 13).squareRoot() })
  }
}
