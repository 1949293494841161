import Testing

@testable import IICCore

@Suite struct HeadsConfigurationTests {
  private func read(_ main: String, _ auxiliary: String? = nil) throws -> HeadsConfiguration {
    let text = "main: {clusters: 10\(main)}\n" + (auxiliary.map { "auxiliary: {clusters: 50\($0)}\n" } ?? "")
    return try ManifestDocument(text: text, source: "a.yaml", folder: nil).read(HeadsConfiguration.self)
      .configuration
  }

  private func message(_ main: String, _ auxiliary: String? = nil) -> String? {
    #expect(throws: ManifestError.self) { try read(main, auxiliary) }?.description
  }

  @Test func withoutFurtherKeysAHeadIsThePapers() throws {
    let main = try read("").main
    #expect(main.subheads == 5)
    #expect(main.lambda == 1)
    #expect(main.deviation == 0.01)
    #expect(main.start == 0)
    #expect(main.startFrom == .random)
  }

  @Test func theMainHeadMayBeginWithTheAuxiliaryHeadsClusters() throws {
    #expect(try read(", start: 0.3, startFrom: auxiliary", "").main.startFrom == .auxiliary)
  }

  @Test func aHeadToBeginWithMustHaveLearned() {
    let allowed = "expected main.start above 0 and an auxiliary head that learns until then"
    #expect(message(", startFrom: auxiliary", "")?.hasSuffix("startFrom: found auxiliary; \(allowed)") == true)
    #expect(message(", startFrom: auxiliary")?.hasSuffix(allowed) == true)
  }

  @Test func aHeadToBeginWithMustHaveEnoughClusters() {
    let found = message(", start: 0.5, startFrom: auxiliary, subheads: 6", "")
    #expect(
      found?.hasSuffix(
        "startFrom: found auxiliary; expected an auxiliary head with at least 10 clusters and 6 subheads") == true)
  }

  @Test func aHeadThatBeginsWithAnothersClustersHasNoDeviation() {
    let found = message(", start: 0.5, startFrom: auxiliary, deviation: 0.1", "")
    #expect(found?.contains("main.deviation: found 0.1; a head that starts from the auxiliary one") == true)
  }

  @Test func theAuxiliaryHeadHasNoOtherToBeginWith() {
    #expect(message("", ", startFrom: auxiliary")?.contains("startFrom") == true)
  }

  @Test func someHeadLearnsFromTheFirstEpochOn() {
    let allowed = "start: found 0.5; expected 0, or an auxiliary head with start 0 that learns until then"
    #expect(message(", start: 0.5")?.hasSuffix(allowed) == true)
    #expect(message(", start: 0.5", ", start: 0.5")?.hasSuffix(allowed) == true)
    #expect(message(", start: 1", "")?.contains("start: found \"1\"; expected a number") == true)
  }

  @Test func theFirstEpochIsThatPartOfTheRun() throws {
    let main = try read(", start: 0.55", "").main
    #expect([1, 2, 13, 20].map(main.startEpoch) == [0, 1, 7, 11])
  }
}
