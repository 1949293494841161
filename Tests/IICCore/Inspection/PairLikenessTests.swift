import Testing
import Torch

@testable import IICCore

/// Figures of pairs against closed forms and a count by hand.
@Suite struct PairLikenessTests {
  @Test func fourPairsByHand() throws {
    // Each column has mean 0 and variance 1 already, so cosines are those of the rows themselves.
    let one = try Tensor([1, 1, -1, 1, 1, -1, -1, -1] as [Float], shape: [4, 2])
    let other = try Tensor([1, 1, -1, 1, -1, -1, 1, -1] as [Float], shape: [4, 2])
    let likeness = try PairLikeness(one, other)
    let rows: [(Double, Double)] = [(1, 1), (-1, 1), (1, -1), (-1, -1)]
    let others: [(Double, Double)] = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    var paired: [Double] = []
    var random: [Double] = []
    for (i, a) in rows.enumerated() {
      for (j, b) in others.enumerated() {
        let cosine = (a.0 * b.0 + a.1 * b.1) / 2
        if i == j { paired.append(cosine) } else { random.append(cosine) }
      }
    }
    var won = 0.0
    for p in paired { for r in random { won += p > r ? 1 : p == r ? 0.5 : 0 } }
    #expect(abs(likeness.pairedCosine - paired.reduce(0, +) / 4) < 1e-6)
    #expect(abs(likeness.randomCosine - random.reduce(0, +) / 12) < 1e-6)
    #expect(likeness.pairs == 4)
    #expect(abs(likeness.auc - won / 48) < 1e-6)
  }

  @Test func equalSidesAreAlike() throws {
    let rows = try RandomStream(seed: 1).generator().normal([64, 10])
    let likeness = try PairLikeness(rows, rows)
    #expect(abs(likeness.pairedCosine - 1) < 1e-5)
    #expect(likeness.auc == 1)
    #expect(!likeness.isChance)
  }

  @Test(arguments: 1...5) func unrelatedSidesAreNot(seed: Int) throws {
    let generator = try RandomStream(seed: seed).generator()
    let likeness = try PairLikeness(generator.normal([200, 10]), generator.normal([200, 10]))
    #expect(abs(likeness.auc - 0.5) < 4 * likeness.standardError)
    #expect(abs(likeness.pairedCosine) < 0.1)
  }

  /// Two kinds of items that only their sign tells apart, 1 or -1: of pairs a part q is of one kind, of random ones the
  /// part r. Then a pair wins q (1 - r) comparisons and ties q r + (1 - q) (1 - r): the area is (1 + q - r) / 2.
  @Test(arguments: [(200, 200), (200, 110), (200, 100), (200, 60), (1000, 560)])
  func theAreaOfTwoKindsIsKnown(pairs: Int, same: Int) throws {
    let one = (0..<pairs).map { $0 % 2 == 0 ? 1.0 : -1 }
    // Alternate pairs differ, so that either side has as many of each kind.
    let other = (0..<pairs).map { $0 / 2 * 2 < pairs - same ? -one[$0] : one[$0] }
    let found = try PairLikeness(
      Tensor(one.map(Float.init), shape: [pairs, 1]), Tensor(other.map(Float.init), shape: [pairs, 1]))
    let (n, q) = (Double(pairs), Double(same) / Double(pairs))
    // Of the n^2 pairs of sides half are of one kind; q n of them are no random ones.
    let r = (n * n / 2 - q * n) / (n * (n - 1))
    #expect(abs(found.auc - (1 + q - r) / 2) < 1e-9)
    #expect(abs(found.pairedCosine - (2 * q - 1)) < 1e-6 && abs(found.randomCosine - (2 * r - 1)) < 1e-6)
    // That a pair is of one kind has the variance q (1 - q), and a pair weighs half of that in the area.
    let expected = (q * (1 - q) / n).squareRoot() / 2
    #expect(abs(found.standardError - expected) < 0.03 * expected + 1e-9)
    #expect(found.isChance == (found.auc - 2.5758 * expected <= 0.5))
  }

  /// Six pairs, each left out in turn and the rest compared anew.
  @Test func theErrorIsThatOfLeavingOutPairs() {
    var numbers = RandomStream(seed: 6).numbers()
    let values = (0..<36).map { _ in Double(Int.random(in: 0..<6, using: &numbers)) }
    func area(_ kept: [Int]) -> Double {
      var won = 0.0
      var count = 0.0
      for k in kept {
        for i in kept {
          for j in kept where i != j {
            let (pair, other) = (values[k * 6 + k], values[i * 6 + j])
            won += pair > other ? 1 : pair == other ? 0.5 : 0
            count += 1
          }
        }
      }
      return won / count
    }
    let found = RankArea(values, 6)
    #expect(abs(found.value - area(Array(0..<6))) < 1e-12)
    let left = (0..<6).map { out in area((0..<6).filter { $0 != out }) }
    let mean = left.reduce(0, +) / 6
    let variance = 5.0 / 6 * left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(found.standardError - variance.squareRoot()) < 1e-12)
  }

  /// Of a hundred draws of unrelated pairs the interval holds 0.5 but for one or so, and the error is the areas'
  /// deviation; a pair is worth nearly as much as in a comparison with infinitely many random ones, 1 / sqrt(12 n).
  @Test func theIntervalHoldsTheTruth() throws {
    let draws = try (1...100).map { seed in
      let generator = try RandomStream(seed: seed).generator()
      return try PairLikeness(generator.normal([100, 6]), generator.normal([100, 6]))
    }
    #expect(draws.count { $0.aucLow <= 0.5 && 0.5 <= $0.aucHigh } >= 95)
    let deviation = (draws.reduce(0) { $0 + ($1.auc - 0.5) * ($1.auc - 0.5) } / 100).squareRoot()
    let error = draws.reduce(0) { $0 + $1.standardError } / 100
    #expect(abs(error / deviation - 1) < 0.25)
    #expect(abs(error / (1 / (12.0 * 100).squareRoot()) - 1) < 0.15)
  }

  /// Where the numbers are far from 0 and of any size.
  @Test func offsetsAndUnitsDoNotMatter() throws {
    let generator = try RandomStream(seed: 8).generator()
    let one = try generator.normal([80, 6])
    let other = try one * 0.3 + generator.normal([80, 6])
    let plain = try PairLikeness(one, other)
    let far = try PairLikeness(one + 10_000, other + 10_000)
    #expect(abs(plain.auc - far.auc) < 2e-3)
    let tiny = try PairLikeness(one * 1e-12, other * 1e-12)
    #expect(abs(plain.auc - tiny.auc) < 1e-4 && abs(plain.pairedCosine - tiny.pairedCosine) < 1e-5)
  }

  @Test func whatAllItemsShareCountsForNothing() throws {
    let generator = try RandomStream(seed: 3).generator()
    let (one, other) = (try generator.normal([100, 6]), try generator.normal([100, 6]))
    let plain = try PairLikeness(one, other)
    let shifted = try PairLikeness(one * 3 + 1000, other * 3 + 1000)
    #expect(abs(plain.auc - shifted.auc) < 1e-3)
    #expect(abs(plain.pairedCosine - shifted.pairedCosine) < 1e-3)
  }

  @Test func correlatedGaussiansHaveTheCosineOfTheirCorrelation() throws {
    // Each dimension of a pair is correlated by rho, so the cosine tends to rho as dimensions grow.
    let generator = try RandomStream(seed: 4).generator()
    let rho = 0.6
    let one = try generator.normal([200, 400])
    let other = try one * rho + generator.normal([200, 400]) * (1 - rho * rho).squareRoot()
    let likeness = try PairLikeness(one, other)
    #expect(abs(likeness.pairedCosine - rho) < 0.02)
    #expect(abs(likeness.randomCosine) < 0.01)
    #expect(likeness.auc == 1)
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    #expect(throws: TorchError.self) { _ = try PairLikeness(.zeros([3, 2]), .zeros([2, 2])) }
    #expect(throws: TorchError.self) { _ = try PairLikeness(.zeros([1, 2]), .zeros([1, 2])) }
  }
}
