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
}
