import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

/// Asks a watch over four clusters.
private final class Listener {
  private static let advice = "; if that stays, try this or that"

  private var watch = CollapseWatch(clusters: 4, advice: "this or that")

  /// What is said after an epoch, without the advice that follows what is said of collapse.
  func texts(_ record: EpochRecord) -> [String] {
    watch.warnings(after: record).map { $0.replacing(Self.advice, with: "") }
  }

  /// The same with the advice.
  func whole(_ record: EpochRecord) -> [String] { watch.warnings(after: record) }
}

@Suite struct CollapseWatchTests {
  private let listener = Listener()

  /// An epoch of one step; `subheads` holds for each sub-head the probabilities of each item, `[S][n][K]`.
  private func record(
    _ subheads: [[[Float]]], restart: Int = 0, losses: [Float]? = nil
  ) throws -> EpochRecord {
    var record = EpochRecord(restart: restart, epoch: 0)
    let (items, clusters) = (subheads[0].count, subheads[0][0].count)
    let values = (0..<items).flatMap { item in subheads.flatMap { $0[item] } }
    try record.usage.add(Tensor(values, shape: [items, subheads.count, clusters]), isLast: true)
    if let losses {
      let part = try Tensor(losses, shape: [losses.count])
      try record.add(ObjectiveValue(total: part.mean(), parts: ["main": part]), pairs: 4, rate: 0.1)
    }
    return record
  }

  /// Items that are surely in these of four clusters.
  private func items(_ clusters: [Int]) -> [[Float]] {
    clusters.map { cluster in (0..<4).map { $0 == cluster ? 1 : 0 } }
  }

  private let even = [0, 1, 2, 3]
  private let collapsed = [2, 2, 2, 2]

  @Test func nothingIsSaidOfEvenClusters() throws {
    for _ in 0..<3 { #expect(try listener.texts(record([items(even), items(even)])).isEmpty) }
  }

  @Test func collapseIsSaidOnceAndAgainWhenItComesBack() throws {
    let (bad, good) = (try record([items(collapsed)]), try record([items(even)]))
    let said = [
      "only 1 of 4 clusters are in use", "clusters are of very unequal size: entropy 0.00, where equal ones have 1",
    ]
    #expect(listener.whole(bad) == said.map { $0 + "; if that stays, try this or that" })
    for _ in 0..<2 { #expect(listener.texts(bad).isEmpty) }
    #expect(listener.texts(good).isEmpty)
    #expect(listener.texts(bad) == said)
    #expect(listener.texts(bad).isEmpty)
    // Another initialisation.
    #expect(try listener.texts(record([items(collapsed)], restart: 1)) == said)
  }

  /// Half the clusters are few.
  @Test func twoOfFourAreSaidAtOnceAndThreeIfTheyStay() throws {
    let two = try record([items([0, 0, 1, 1])])
    #expect(listener.texts(two) == ["only 2 of 4 clusters are in use"])
    let three = try record([items([0, 0, 1, 2])])
    let other = Listener()
    #expect(other.texts(three).isEmpty)
    #expect(other.whole(three) == ["only 3 of 4 clusters hold items; if that stays, try this or that"])
    #expect(other.texts(three).isEmpty)
    #expect(try other.texts(record([items(even)])).isEmpty)
    #expect(other.texts(three).isEmpty)
    #expect(other.texts(three) == ["only 3 of 4 clusters hold items"])
  }

  /// One item of 40 is a tenth of an equal share, one of 41 is less.
  @Test func aClusterThatIsNearlyEmptyCountsAsEmpty() throws {
    func items(_ first: Int) -> [[Float]] {
      self.items([first, 13, 13, 1].enumerated().flatMap { Array(repeating: $0, count: $1) })
    }
    for _ in 0..<3 { #expect(try listener.texts(record([items(13)])).isEmpty) }
    #expect(try listener.texts(record([items(14)])).isEmpty)
    #expect(try listener.texts(record([items(14)])) == ["only 3 of 4 clusters hold items"])
  }

  /// Probabilities in all clusters do not hide that items are in two of them.
  @Test func clustersThatHoldProbabilityAndNoItemsAreSeen() throws {
    let (one, other): ([Float], [Float]) = ([0.5, 0.2, 0.15, 0.15], [0.2, 0.5, 0.15, 0.15])
    let soft = try record([[one, other, one, other]])
    #expect(soft.usageFigures?.clustersInUse == 4)
    #expect(listener.texts(soft).isEmpty)
    #expect(listener.texts(soft) == ["only 2 of 4 clusters hold items"])
  }

  /// The sub-head of lowest loss is the result; that another uses all clusters does not help.
  @Test func theSubheadOfLowestLossIsLookedAt() throws {
    let heads = [items(even), items(even), items([0, 0, 1, 2])]
    for _ in 0..<3 { #expect(try listener.texts(record(heads, losses: [-1, -1.2, -1])).isEmpty) }
    #expect(try listener.texts(record(heads, losses: [-1, -1.1, -1.2])).isEmpty)
    #expect(
      try listener.texts(record(heads, losses: [-1, -1.1, -1.2])) == ["only 3 of 4 clusters hold items"])
  }

  /// All clusters hold more than a tenth of an equal share, and nearly all items are in one.
  @Test func unequalClustersAreSeenByTheirEntropy() throws {
    let row: [Float] = [0.91, 0.03, 0.03, 0.03]
    // -(0.91 ln 0.91 + 3 · 0.03 ln 0.03) / ln 4 = 0.2896
    let said = try listener.texts(record([[row, row]]))
    #expect(said == ["clusters are of very unequal size: entropy 0.29, where equal ones have 1"])
  }

  /// Items that are all told the same may have all clusters in use; by their probabilities nothing is learned.
  @Test func itemsThatAreToldTheSameAreSeen() throws {
    func rows(_ difference: Float) -> [[Float]] {
      (0..<4).map { item in
        (0..<4).map { 0.25 + difference * ($0 == item ? 3 : -1) / 4 }
      }
    }
    // The deviation over items is difference · sqrt(3) / 4, in units of 1 / 4 that is 0.0199 and 0.0201.
    let (flat, enough) = (try record([rows(0.01149)]), try record([rows(0.0116)]))
    for _ in 0..<3 { #expect(listener.texts(enough).isEmpty) }
    #expect(listener.texts(flat).isEmpty)
    let said = listener.texts(flat)
    #expect(said.count == 1)
    #expect(
      said.first?.hasPrefix("the main head tells all items nearly the same: probabilities differ by 2 %;") == true)
    #expect(listener.texts(flat).isEmpty)
  }

  @Test func collapsedSubheadsBesideAGoodOneAreCounted() throws {
    let said = try listener.texts(record([items(even), items(collapsed), items(collapsed)]))
    #expect(said == ["2 of 3 sub-heads have collapsed"])
    let other = Listener()
    #expect(try other.texts(record([items(even), items(even), items(collapsed)])).isEmpty)
  }

  /// Clusters of 16 items by row and by column of a square share nothing.
  @Test func disagreementThatStaysIsSaid() throws {
    let apart = try record([items((0..<16).map { $0 / 4 }), items((0..<16).map { $0 % 4 })])
    #expect(listener.texts(apart).isEmpty)
    let said = ["sub-heads find different clusters: agreement 0.00, where equal ones have 1"]
    #expect(listener.texts(apart) == said)
    #expect(listener.texts(apart).isEmpty)
    #expect(try listener.texts(record([items(even), items(even)])).isEmpty)
    #expect(listener.texts(apart).isEmpty)
    #expect(listener.texts(apart) == said)
  }
}

/// What is advised names keys that the manifest has room for.
@Suite struct CollapseAdviceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func advice(_ overrides: [String], items: Int = 300) throws -> String {
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    return try blobs(overrides, cache: cache).configuration.collapseAdvice(items: items)
  }

  @Test func whatIsOpenIsAdvised() throws {
    #expect(
      try advice([])
        == "heads.main.startFrom: auxiliary (with heads.main.start above 0), heads.main.lambda above 1, "
        + "training.restarts.count above 1, training.batch above 120, or views that change less")
    // 60 items at 2 repeats make 120 pairs.
    #expect(
      try !advice([], items: 60).contains("training.batch") && advice([], items: 61).contains("training.batch"))
    let started = try advice(["heads.main.start=0.5", "heads.main.startFrom=auxiliary", "heads.main.lambda=1.5"])
    #expect(started.hasPrefix("heads.main.lambda above 1.5, "))
    let full = try advice(
      ["heads.main.start=0.5", "heads.main.startFrom=auxiliary", "heads.main.lambda=10"], items: 60)
    #expect(full == "training.restarts.count above 1, or views that change less")
  }

  /// The keys that are advised exist: a manifest that follows the advice is read.
  @Test func theAdviceCanBeFollowed() throws {
    let followed = [
      "heads.main.start=0.5", "heads.main.startFrom=auxiliary", "heads.main.lambda=1.1",
      "training.restarts.count=2", "training.restarts.epochs=5", "training.batch=122",
    ]
    #expect(try !advice(followed).isEmpty)
  }

  private func warning(_ counts: [Int]) throws -> String? {
    let clusters = counts.enumerated().flatMap { Array(repeating: $0, count: $1) }
    let found = Assignments(
      items: Array(clusters.indices), clusters: [clusters], losses: [-1], clusterCount: counts.count, groups: nil)
    return try EvaluationReport(found, labels: nil).emptyClusterWarning(advice: "this")
  }

  @Test func theResultsEmptyClustersAreSaid() throws {
    #expect(try warning([13, 13, 13, 1]) == nil)
    #expect(
      try warning([14, 13, 13, 1])
        == "only 3 of 4 clusters hold a tenth of an equal share of items or more; try this")
    #expect(try warning([14, 14, 13, 0]) == "only 3 of 4 clusters hold items; try this")
    #expect(try warning([40, 0, 0, 0]) == "only 1 of 4 clusters hold items; try this")
    #expect(
      try warning([1, 1, 1, 0])
        == "only 3 of 4 clusters hold items: there are 3 items; set heads.main.clusters to fewer")
  }
}
