import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct PairSourceTests {
  let folder: TemporaryFolder
  /// Points without noise: a row of a view shows which item it came from.
  let experiment: Experiment
  let rows: [[Float]]

  init() throws {
    folder = try TemporaryFolder()
    experiment = try blobs(
      ["data.count=30", "data.noise=0", "training.batch=4"], cache: SampleCache(folder: folder.url))
    rows = try Self.rows(experiment.dataset.samples(at: Array(0..<30)[...]))
  }

  private static func rows(_ tensor: Tensor) throws -> [[Float]] {
    let values = try tensor.floats()
    return (0..<tensor.shape[0]).map { Array(values[($0 * 8)..<($0 * 8 + 8)]) }
  }

  private func items(_ view: View) throws -> [Int] {
    try Self.rows(view.values).map { try #require(rows.firstIndex(of: $0)) }
  }

  private func source(_ partners: Partners?) throws -> PairSource {
    var dataset = experiment.dataset
    try dataset.setPartners(partners)
    return PairSource(experiment.configuration.modality, dataset, device: .cpu)
  }

  @Test func withoutPartnersAnItemIsPairedWithItself() throws {
    let pair = try source(nil).pairs(of: [4, 2, 9], repeats: 2, random: RandomStream(seed: 0))
    #expect(try items(pair.base) == [4, 2, 9])
    #expect(try items(pair.transformed) == [4, 2, 9, 4, 2, 9])
  }

  @Test func transformedRowsArePartnersOfTheBaseRowsInTheirOrder() throws {
    let partners = Partners((0..<30).map { [($0 + 1) % 30, ($0 + 7) % 30] })
    let indices = [28, 3, 11, 0, 19]
    var seen: Set<Int> = []
    for seed in 0..<20 {
      let pair = try source(partners).pairs(of: indices[...], repeats: 3, random: RandomStream(seed: seed))
      #expect(try items(pair.base) == indices)
      let others = try items(pair.transformed)
      #expect(others.count == 15)
      for (row, other) in others.enumerated() {
        let step = (other - indices[row % 5] + 30) % 30
        #expect(step == 1 || step == 7)
        seen.insert(step)
      }
    }
    #expect(seen == [1, 7])
  }

  /// Ten items of 29 partners each: no two draws are alike, of repeats in a batch and of batches with other streams.
  @Test func partnersAreDrawnAnew() throws {
    let source = try source(Partners((0..<30).map { item in (0..<30).filter { $0 != item } }))
    let indices = Array(10..<20)
    var draws: [[Int]] = []
    for seed in 0..<2 {
      for step in 0..<2 {
        let random = RandomStream(seed: seed).child("views", step)
        let others = try items(source.pairs(of: indices[...], repeats: 3, random: random).transformed)
        draws += (0..<3).map { Array(others[($0 * 10)..<($0 * 10 + 10)]) }
      }
    }
    #expect(draws.count == 12 && Set(draws).count == 12)
    // Nor does one follow from another: of 660 pairs of draws of an item 1 in 29 is of the same partner.
    var equal = 0
    for second in 1..<12 {
      for first in 0..<second { equal += zip(draws[first], draws[second]).count { $0 == $1 } }
    }
    #expect((5...45).contains(equal))
  }

  @Test func equalStreamsGiveEqualPairs() throws {
    let partners = Partners((0..<30).map { item in (0..<30).filter { $0 != item } })
    let noisy = try blobs(
      ["data.count=30", "data.noise=1", "training.batch=4"], cache: SampleCache(folder: folder.url))
    var dataset = noisy.dataset
    try dataset.setPartners(partners)
    let source = PairSource(noisy.configuration.modality, dataset, device: .cpu)
    let pairs = try [3, 3, 4].map {
      let pair = try source.pairs(of: [1, 2, 3], repeats: 2, random: RandomStream(seed: $0))
      return try pair.base.values.floats() + pair.transformed.values.floats()
    }
    #expect(pairs[0] == pairs[1])
    #expect(pairs[0] != pairs[2])
  }
}
