import Manifest
import Testing

@testable import IICCore

@Suite struct HeadsConfigurationTests {
  /// Reads the heads; `auxiliary` is what follows that key, nothing leaves it out.
  private func read(_ main: String, _ auxiliary: String? = nil) throws -> HeadsConfiguration {
    let text = "main: {clusters: 10\(main)}\n" + (auxiliary.map { "auxiliary: \($0)\n" } ?? "")
    return try ManifestDocument(text: text, source: "a.yaml", folder: nil).read(HeadsConfiguration.self)
      .configuration
  }

  private func message(_ main: String, _ auxiliary: String? = nil) -> String? {
    #expect(throws: ManifestError.self) { try read(main, auxiliary) }?.description
  }

  @Test(arguments: [nil, "{}", "{deviation: 0.1}"])
  func withoutFurtherKeysTheMainHeadBeginsWithTheAuxiliaryHeadsClusters(written: String?) throws {
    let heads = try read("", written)
    let auxiliary = try #require(heads.auxiliary)
    #expect(heads.main.subheads == 5 && heads.main.lambda == 1)
    #expect(heads.main.start == 0.5 && heads.main.startFrom == .auxiliary)
    #expect(auxiliary.clusters == 50 && auxiliary.subheads == 5 && auxiliary.start == 0)
    #expect(auxiliary.deviation == 0.1)
    #expect(heads.normalise)
  }

  @Test func nullLeavesTheAuxiliaryHeadOut() throws {
    let heads = try read("", "null")
    #expect(heads.auxiliary == nil)
    #expect(heads.main.start == 0 && heads.main.startFrom == .random && heads.main.deviation == 0.01)
  }

  @Test func anAuxiliaryHeadHasFiveTimesTheClustersUpToTheMost() throws {
    #expect(try read(", subheads: 2").auxiliary?.subheads == 2)
    #expect(try read("", "{clusters: 12}").auxiliary?.clusters == 12)
    let many = "main: {clusters: 3000}"
    let heads = try ManifestDocument(text: many, source: "a.yaml", folder: nil).read(HeadsConfiguration.self)
    #expect(heads.configuration.auxiliary?.clusters == 4096)
  }

  @Test(arguments: [
    (", start: 0", "{}", 0.0, HeadStart.random), (", start: 0.3", "{}", 0.3, .auxiliary),
    (", startFrom: random", "{}", 0, .random), (", startFrom: random, start: 0.2", "{}", 0.2, .random),
    (", deviation: 0.1", "{}", 0, .random), ("", "{clusters: 9}", 0, .random), ("", "{subheads: 4}", 0, .random),
    ("", "{start: 0.2}", 0, .random), (", startFrom: auxiliary", "{}", 0.5, .auxiliary),
  ])
  func whatIsSaidOfTheStartDecidesTheRest(main: String, auxiliary: String, start: Double, from: HeadStart) throws {
    let found = try read(main, auxiliary).main
    #expect(found.start == start)
    #expect(found.startFrom == from)
  }

  /// A run's manifest, which names what was decided, reads as the one it came from.
  @Test(arguments: [nil, "null", "{clusters: 12}", "{start: 0.2}"])
  func whatWasDecidedReadsTheSame(written: String?) throws {
    let text = "heads: {main: {clusters: 10}" + (written.map { ", auxiliary: \($0)" } ?? "") + "}"
    let document = try ManifestDocument(text: text, source: "a.yaml", folder: nil)
    func heads(_ document: ManifestDocument) throws -> HeadsConfiguration {
      try document.read { root throws(ManifestError) in
        try root.read(HeadsConfiguration.self, at: "heads", "heads")
      }.configuration
    }
    let first = try heads(document)
    let second = try heads(document.setting(first.decided))
    #expect(second.decided == first.decided)
    #expect((second.auxiliary == nil) == (written == "null"))
  }

  @Test func aHeadToBeginWithMustHaveLearned() {
    let allowed = "expected main.start above 0 and an auxiliary head that learns until then"
    #expect(
      message(", start: 0, startFrom: auxiliary", "{}")?.hasSuffix("startFrom: found auxiliary; \(allowed)") == true
    )
    #expect(message(", start: 0, startFrom: auxiliary", "null")?.hasSuffix(allowed) == true)
  }

  @Test func aHeadToBeginWithMustHaveEnoughClusters() {
    let found = message(", start: 0.5, startFrom: auxiliary, subheads: 6", "{subheads: 5}")
    #expect(
      found?.hasSuffix(
        "startFrom: found auxiliary; expected an auxiliary head with at least 10 clusters and 6 subheads") == true)
  }

  @Test func aHeadThatBeginsWithAnothersClustersHasNoDeviation() {
    let found = message(", start: 0.5, startFrom: auxiliary, deviation: 0.1", "{}")
    #expect(found?.contains("main.deviation: found 0.1; a head that starts from the auxiliary one") == true)
  }

  @Test func theAuxiliaryHeadHasNoOtherToBeginWith() {
    #expect(message("", "{startFrom: auxiliary}")?.contains("startFrom") == true)
  }

  @Test func someHeadLearnsFromTheFirstEpochOn() {
    let allowed = "start: found 0.5; expected 0, or an auxiliary head with start 0 that learns until then"
    #expect(message(", start: 0.5", "null")?.hasSuffix(allowed) == true)
    #expect(message(", start: 0.5", "{start: 0.5}")?.hasSuffix(allowed) == true)
    #expect(message(", start: 1", "{}")?.contains("start: found \"1\"; expected a number") == true)
  }

  @Test func theFirstEpochIsThatPartOfTheRun() throws {
    let main = try read(", start: 0.55", "{}").main
    #expect([1, 2, 13, 20].map(main.startEpoch) == [0, 1, 7, 11])
  }
}
