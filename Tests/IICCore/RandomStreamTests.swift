import Foundation
import Testing
import TestSupport

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

  /// What is drawn from them is what Fixtures/make_random.py computes on its own.
  @Test func drawsAreThoseOfAnIndependentComputation() throws {
    let data = try fixtures.data("random.json")
    let cases = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(cases.count == 4)
    for fixture in cases {
      var numbers = SplitMix64(state: try #require(UInt64(fixture["state"] as? String ?? "")))
      for entry in try #require(fixture["below"] as? [[Any]]) {
        let bound = try #require(Int(entry[0] as? String ?? ""))
        let expected = try #require(entry[1] as? [String])
        #expect(expected.map { _ in String(numbers.below(bound)) } == expected, "below \(bound)")
      }
      let units = try #require(fixture["units"] as? [String]).map { try #require(Double($0)) }
      #expect(units.map { _ in numbers.unit() } == units)
      for order in try #require(fixture["orders"] as? [[Int]]) {
        #expect(numbers.shuffled(0..<order.count) == order)
      }
      #expect(String(numbers.next()) == fixture["next"] as? String)
    }
  }

  /// The published first outputs of SplitMix64 for the state 0.
  @Test func numbersAreThoseOfSplitMix64() {
    var numbers = SplitMix64(state: 0)
    #expect(numbers.next() == 0xE220_A839_7B1D_CDAF)
    #expect(numbers.next() == 0x6E78_9E6A_A1B9_65F4)
  }
}
