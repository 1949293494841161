import Testing

@testable import IICCore

@Suite struct ConsensusTests {
  /// Clusterings that differ in their numbers alone are one.
  @Test func numbersAreBroughtTogether() throws {
    let first = (0..<90).map { $0 % 3 }
    let others = [[2, 0, 1], [1, 2, 0]].map { numbers in first.map { numbers[$0] } }
    let consensus = try Consensus([others[0], first, others[1]], counts: [3, 3, 3], first: 1)
    #expect(consensus.numbering == [[1, 2, 0], [0, 1, 2], [2, 0, 1]])
    #expect(consensus.agreement == 1)
    for place in first.indices {
      let found = consensus.cluster(of: [others[0][place], first[place], others[1][place]])
      #expect(found.cluster == first[place] && found.share == 1)
    }
  }

  @Test func theMajorityDecidesAndTheFirstOneWhereThereIsNone() throws {
    let first = (0..<90).map { $0 % 3 }
    let consensus = try Consensus([first, first, first], counts: [3, 3, 3], first: 2)
    #expect(consensus.cluster(of: [1, 1, 0]) == (1, 2.0 / 3))
    #expect(consensus.cluster(of: [0, 1, 2]).cluster == 2)
  }

  /// Agreement is the mean adjusted Rand index of pairs: 1 for copies, about 0 for chance.
  @Test func chanceDoesNotAgree() throws {
    var random = SystemRandomNumberGenerator()
    let clusterings = (0..<3).map { _ in (0..<3000).map { _ in Int.random(in: 0..<5, using: &random) } }
    let consensus = try Consensus(clusterings, counts: [5, 5, 5], first: 0)
    #expect(abs(consensus.agreement) < 0.01)
    for numbers in consensus.numbering { #expect(Set(numbers) == Set(0..<5)) }
  }

  /// Clusters without items, or more of them than the first one has, get numbers that nobody else has.
  @Test func whatIsLeftOverHasNumbersOfItsOwn() throws {
    let consensus = try Consensus([[0, 0, 1, 1], [3, 3, 0, 1]], counts: [3, 4], first: 0)
    #expect(consensus.numbering[0] == [0, 1, 2])
    #expect(Set(consensus.numbering[1]).count == 4 && consensus.numbering[1][3] == 0)
  }
}
