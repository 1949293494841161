import Foundation
import Testing
import Torch

@testable import IICCore

/// Asks a watch over four clusters.
private final class Listener {
  static let advice =
    "; if that stays, try a larger training.batch, heads.main.lambda above 1, training.restarts, or weaker "
    + "views.transformed"

  private var watch = CollapseWatch(clusters: 4)

  /// What is said after an epoch, without the advice that must follow.
  func texts(_ record: EpochRecord) -> [String] {
    watch.warnings(after: record).map { text in
      #expect(text.hasSuffix(Self.advice))
      return text.replacing(Self.advice, with: "")
    }
  }
}

@Suite struct CollapseWatchTests {
  private let listener = Listener()

  /// An epoch of one step; `subheads` holds for each sub-head the probabilities of each item, `[S][n][K]`.
  private func record(_ subheads: [[[Float]]], restart: Int = 0) throws -> EpochRecord {
    var record = EpochRecord(restart: restart, epoch: 0)
    let (items, clusters) = (subheads[0].count, subheads[0][0].count)
    let values = (0..<items).flatMap { item in subheads.flatMap { $0[item] } }
    try record.usage.add(Tensor(values, shape: [items, subheads.count, clusters]), isLast: true)
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
    #expect(listener.texts(bad) == said)
    for _ in 0..<2 { #expect(listener.texts(bad).isEmpty) }
    #expect(listener.texts(good).isEmpty)
    #expect(listener.texts(bad) == said)
    #expect(listener.texts(bad).isEmpty)
    // Another initialisation.
    #expect(try listener.texts(record([items(collapsed)], restart: 1)) == said)
  }

  /// All clusters hold more than a tenth of an equal share, and nearly all items are in one.
  @Test func unequalClustersAreSeenByTheirEntropy() throws {
    let row: [Float] = [0.91, 0.03, 0.03, 0.03]
    // -(0.91 ln 0.91 + 3 · 0.03 ln 0.03) / ln 4 = 0.2896
    let said = try listener.texts(record([[row, row]]))
    #expect(said == ["clusters are of very unequal size: entropy 0.29, where equal ones have 1"])
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
