import Testing

@testable import IICCore

@Suite struct RandomStreamTests {
  private func first(_ stream: RandomStream) -> UInt64 {
    var numbers = stream.numbers()
    return numbers.next()
  }

  @Test func streamsDependOnPurposeAndCountersOnly() {
    let root = RandomStream(seed: 3)
    #expect(first(root.child("views", 1, 2)) == first(RandomStream(seed: 3).child("views", 1, 2)))
    let others = [
      root, root.child("views"), root.child("views", 1), root.child("views", 2, 1), root.child("views", 1, 2),
      root.child("order", 1, 2), RandomStream(seed: 4).child("views", 1, 2), root.child("views").child("views"),
    ]
    #expect(Set(others.map(first)).count == others.count)
  }

  /// The published first outputs of SplitMix64 for the state 0.
  @Test func numbersAreThoseOfSplitMix64() {
    var numbers = SplitMix64(state: 0)
    #expect(numbers.next() == 0xE220_A839_7B1D_CDAF)
    #expect(numbers.next() == 0x6E78_9E6A_A1B9_65F4)
  }
}
