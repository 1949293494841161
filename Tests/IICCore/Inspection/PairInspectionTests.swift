import Testing
import Torch

@testable import IICCore

/// What is said of pairs of which some have two equal views.
@Suite struct PairInspectionTests {
  /// A hundred pairs that differ by noise, but for the first `equal` ones.
  private func inspection(equal: Int) throws -> PairInspection {
    let generator = try RandomStream(seed: 1).generator()
    let base = try generator.normal([100, 20])
    let differs = try Tensor((0..<100).map { Float($0 < equal ? 0 : 1) }, shape: [100, 1])
    let transformed = try base + generator.normal([100, 20]) * 0.3 * differs
    return try PairInspection(base: base, transformed: transformed, features: PairLikeness(base, transformed))
  }

  @Test func theNumberIsSaidWhereThereAreSome() throws {
    let none = try inspection(equal: 0)
    #expect(none.verdict == .good && none.nearlyIdentical == 0)
    #expect(none.message == "paired items are more alike than random ones")
    let one = try inspection(equal: 1)
    #expect(one.verdict == .good && one.nearlyIdentical == 1)
    #expect(one.message == "paired items are more alike than random ones; 1 of 100 pairs nearly identical")
  }

  @Test func moreThanOneInTwentyIsNotGood() throws {
    #expect(try inspection(equal: 5).verdict == .good)
    let six = try inspection(equal: 6)
    #expect(six.verdict == .partlyIdentical)
    #expect(six.message.contains("but 6 of 100 pairs nearly identical"))
    #expect(try inspection(equal: 49).verdict == .partlyIdentical)
    #expect(try inspection(equal: 50).verdict == .identical)
  }

  @Test func otherVerdictsSayTheNumberToo() throws {
    let generator = try RandomStream(seed: 2).generator()
    let (base, other) = (try generator.normal([100, 20]), try generator.normal([100, 20]))
    let differs = try Tensor((0..<100).map { Float($0 < 10 ? 0 : 1) }, shape: [100, 1])
    let transformed = try base + (other - base) * differs
    // Features that tell nothing, beside values of which a tenth are the same.
    let features = try PairLikeness(generator.normal([100, 20]), generator.normal([100, 20]))
    let found = try PairInspection(base: base, transformed: transformed, features: features)
    #expect(found.verdict == .random || found.verdict == .weak)
    #expect(found.message.hasSuffix("; 10 of 100 pairs nearly identical"))
  }

  /// Items of two kinds, 1 and -1, that each pair shares or not; features are the values.
  private func kinds(pairs: Int, same: Int) throws -> PairInspection {
    let one = (0..<pairs).map { Float($0 % 2 == 0 ? 1 : -1) }
    let other = (0..<pairs).map { $0 / 2 * 2 < pairs - same ? -one[$0] : 0.5 * one[$0] }
    let likeness = try PairLikeness(Tensor(one, shape: [pairs, 1]), Tensor(other, shape: [pairs, 1]))
    return try PairInspection(
      base: Tensor(one, shape: [pairs, 1]), transformed: Tensor(other, shape: [pairs, 1]), features: likeness)
  }

  /// The area is about 1/2 + (q - 1/2) / 2 for a part q of like pairs, known to 2.58 sqrt(q (1 - q) / n) / 2.
  @Test func weakPairsAreToldFromNoneByHowSureThatIs() throws {
    // 0.515 known to 0.020: chance, and open; 0.520 to 0.014: weak.
    let few = try kinds(pairs: 1000, same: 530)
    #expect(few.verdict == .random && !few.isSettled)
    #expect(few.message.contains("(AUC 0.515, between 0.495 and 0.535 with a certainty of 99 %, over 1000 pairs)"))
    let many = try kinds(pairs: 2000, same: 1080)
    #expect(many.verdict == .weak && many.isSettled)
    #expect(many.message.contains("that may well suffice"))
    #expect(many.message.contains("(AUC 0.520, between 0.506 and 0.534 with"))
    #expect(try kinds(pairs: 1000, same: 500).verdict == .random)
    // 0.645 and, of few pairs, 0.656.
    #expect(try kinds(pairs: 1000, same: 790).verdict == .weak)
    let clear = try kinds(pairs: 200, same: 162)
    #expect(clear.verdict == .good && clear.message == "paired items are more alike than random ones")
    #expect(try !clear.isSettled && kinds(pairs: 200, same: 190).isSettled)
  }
}
