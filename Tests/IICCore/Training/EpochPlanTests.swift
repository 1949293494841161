import Files
import Manifest
import Testing
import TestSupport

@testable import IICCore

@Suite struct EpochPlanTests {
  let folder: TemporaryFolder
  let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    // 40 items in two parts: 0 to 23 and 24 to 39.
    dataset = try SampleCache(folder: folder.url).dataset(sources: [], decoding: "parts") { writer in
      try writer.append([UInt8](repeating: 0, count: 40))
      return DatasetDescription(
        shape: [1], element: .uint8, ids: (0..<40).map { "\($0)" },
        parts: [.init(name: "train", count: 24), .init(name: "rest", count: 16)])
    }
  }

  private struct Sections: ManifestSection {
    let training: TrainingConfiguration
    let heads: HeadsConfiguration

    init(from root: SectionReader) throws(ManifestError) {
      training = try root.read(TrainingConfiguration.self, at: "training", "")
      heads = try root.read(HeadsConfiguration.self, at: "heads", "")
    }
  }

  private func plan(
    _ training: String = "", epochs: Int = 1, main: String = "", auxiliary: String = "", partners: Partners? = nil
  ) throws -> EpochPlan {
    let text = """
      training: {epochs: \(epochs), batch: 16, repeats: 2\(training)}
      heads: {main: {clusters: 2\(main)}, auxiliary: {clusters: 4\(auxiliary)}}
      """
    let sections = try ManifestDocument(text: text).read(Sections.self).configuration
    var dataset = dataset
    try dataset.setPartners(partners)
    return try EpochPlan(sections.training, heads: sections.heads, dataset: dataset)
  }

  private func steps(_ plan: EpochPlan, epoch: Int = 0, seed: Int = 0) -> [EpochPlan.Step] {
    plan.steps(heads: plan.heads(of: epoch), random: RandomStream(seed: seed))
  }

  private func heads(_ plan: EpochPlan) -> [[String]] {
    steps(plan).map(\.heads)
  }

  @Test func togetherAllHeadsShareOnePass() throws {
    let plan = try plan()
    let steps = steps(plan)
    #expect(steps.count == 5)
    #expect(steps.allSatisfy { $0.heads == ["main", "auxiliary"] && $0.items.count == 8 })
    #expect(Set(steps.flatMap(\.items)) == Set(0..<40))
  }

  @Test func togetherHeadsCannotHavePartsOfTheirOwn() throws {
    let error = #expect(throws: UserError.self) { try plan(main: ", parts: train", auxiliary: ", parts: test") }
    #expect(error?.description == "heads: parts differ between the heads; that needs training.scheme: inTurn")
    // An auxiliary head without parts of its own takes the main head's.
    for auxiliary in ["", ", parts: train"] {
      let steps = try steps(plan(main: ", parts: train", auxiliary: auxiliary))
      #expect(Set(steps.flatMap(\.items)) == Set(0..<24))
    }
  }

  @Test func inTurnEachHeadGoesThroughItsParts() throws {
    let plan = try plan(", scheme: inTurn", main: ", parts: train", auxiliary: ", passes: 2")
    let steps = steps(plan)
    #expect(
      steps.map(\.heads) == Array(repeating: ["auxiliary"], count: 10) + Array(repeating: ["main"], count: 3))
    for pass in [steps[0..<5], steps[5..<10]] { #expect(Set(pass.flatMap(\.items)) == Set(0..<40)) }
    #expect(Set(steps[10...].flatMap(\.items)) == Set(0..<24))
    // Two passes of a head are two orders.
    #expect(steps[0..<5].flatMap(\.items) != steps[5..<10].flatMap(\.items))
  }

  @Test func theFirstTurnMayBeTheMainHeads() throws {
    #expect(
      try heads(plan(", scheme: inTurn, first: main"))
        == Array(repeating: ["main"], count: 5) + Array(repeating: ["auxiliary"], count: 5))
  }

  @Test func aHeadIsLeftOutUntilItsFirstEpoch() throws {
    let together = try plan(epochs: 5, main: ", start: 0.4")
    for epoch in 0..<2 {
      #expect(steps(together, epoch: epoch).allSatisfy { $0.heads == ["auxiliary"] })
    }
    #expect(steps(together, epoch: 2).allSatisfy { $0.heads == ["main", "auxiliary"] })
    let inTurn = try plan(", scheme: inTurn", epochs: 5, main: ", start: 0.4")
    #expect(steps(inTurn, epoch: 1).count == 5)
    #expect(steps(inTurn, epoch: 2).count == 10)
  }

  @Test func theMainHeadMustHaveLearnedBeforeInitialisationsAreCompared() throws {
    let error = #expect(throws: UserError.self) {
      try plan(", restarts: {count: 2, epochs: 2}", epochs: 5, main: ", start: 0.4")
    }
    #expect(
      error?.description == "heads.main.start: found 0.4, which is epoch 2 of 5, counted from 0; "
        + "expected one before training.restarts.epochs, which is 2")
    _ = try plan(", restarts: {count: 2, epochs: 3}", epochs: 5, main: ", start: 0.4")
  }

  @Test func partsAreTakenInTheOrderNamedAndMustExist() throws {
    let steps = try steps(plan(main: ", parts: [rest]", auxiliary: ", parts: [rest]"))
    #expect(Set(steps.flatMap(\.items)) == Set(24..<40))
    let error = #expect(throws: UserError.self) { try plan(", scheme: inTurn", main: ", parts: [tset]") }
    #expect(error?.description == "heads.main.parts: found \"tset\"; this data's parts are train, rest")
  }

  @Test func itemsWithoutPartnersAreLeftOut() throws {
    let partners = Partners((0..<40).map { $0 % 2 == 0 ? [($0 + 2) % 40] : [] })
    let steps = try steps(plan(partners: partners))
    #expect(steps.count == 2)
    #expect(steps.flatMap(\.items).allSatisfy { $0 % 2 == 0 })
    let few = Partners((0..<40).map { $0 < 7 ? [7] : [] })
    let error = #expect(throws: UserError.self) { try plan(partners: few) }
    #expect(error?.description.contains("need 8 items a step; the dataset has 7") == true)
  }

  @Test func theOrderDependsOnTheEpochsStreamAlone() throws {
    let plan = try plan()
    let orders = [5, 5, 6].map { steps(plan, seed: $0).flatMap(\.items) }
    #expect(orders[0] == orders[1])
    #expect(orders[0] != orders[2])
  }
}
