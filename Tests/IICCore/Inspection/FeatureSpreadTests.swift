import Testing
import Torch

@testable import IICCore

@Suite struct FeatureSpreadTests {
  /// Normal features of a deviation around a level: beside the level, or beside 1 where that is larger.
  @Test(arguments: [(0.001, 1.0, 0.001), (0.5, 1, 0.5), (3, 100, 0.03), (1, 100, 0.01), (0.01, 0, 0.01), (2, 0, 2)])
  func theDeviationIsMeasuredBesideTheLevel(deviation: Double, level: Double, expected: Double) throws {
    let noise = try RandomStream(seed: 1).generator().normal([400, 30])
    let spread = try FeatureSpread(noise * deviation + level)
    #expect(abs(spread.relative / expected - 1) < 0.02)
    #expect(spread.isFlat == (expected < 0.05))
  }

  /// Levels 3 and 4, deviations 0 and 2: their root mean squares are sqrt(12.5) and sqrt(2).
  @Test func featuresAreTakenTogether() throws {
    let spread = try FeatureSpread(Tensor([3, 2, 3, 6] as [Float], shape: [2, 2]))
    #expect(abs(spread.level - 12.5.squareRoot()) < 1e-12 && abs(spread.deviation - 2.0.squareRoot()) < 1e-12)
    #expect(abs(spread.relative - 0.4) < 1e-12)
  }

  /// A deviation of 0.5 around 10 is exactly a twentieth.
  @Test func theLeastIsEnough() throws {
    let edge = try FeatureSpread(Tensor([9.5, 10.5] as [Float], shape: [2, 1]))
    #expect(edge.relative == 0.05 && !edge.isFlat)
    let below = try FeatureSpread(Tensor([9.53125, 10.46875] as [Float], shape: [2, 1]))
    #expect(below.isFlat && below.message.contains("they differ by 4.7 %, where 5 % are needed"))
  }

  @Test func nothingAndNoNumbersAreFlat() throws {
    #expect(try FeatureSpread(.ones([8, 4])).relative == 0 && FeatureSpread(.ones([8, 4])).isFlat)
    #expect(try FeatureSpread(Tensor.ones([8, 4]) * Double.nan).isFlat)
  }
}
