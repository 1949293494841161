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
