import Testing

@testable import IICCore

@Suite struct ClusterSweepTests {
  private func evidence(_ stability: [Double]) -> [ClusterSweep.Evidence] {
    stability.enumerated().map { place, value in
      ClusterSweep.Evidence(
        k: place + 2, information: 0.5, subheads: value, halves: value, smallest: 0.1, largest: 0.5)
    }
  }

  /// A number is recommended that is clearly more stable than those around it, and none where there is no such number.
  @Test(arguments: [
    ([0.6, 0.7, 0.95, 0.75, 0.7, 0.65], 4), ([0.8, 0.8, 0.8, 0.8], nil), ([0.9, 0.8, 0.7, 0.6, 0.5], nil),
    ([0.5, 0.6, 0.7, 0.8, 0.9], nil), ([0.1, 0.2, 0.45, 0.2, 0.1], nil), ([0.8, 0.8, 0.81, 0.8, 0.8], nil),
    // Of two peaks the higher lead.
    ([0.6, 0.7, 0.6, 0.6, 0.95, 0.6, 0.6], 6), ([0.9, 0.8], nil), ([0.9], nil), ([], nil),
  ])
  func aPeakIsRecommended(stability: [Double], expected: Int?) {
    #expect(ClusterSweep.recommendation(evidence(stability)) == expected)
  }
}
