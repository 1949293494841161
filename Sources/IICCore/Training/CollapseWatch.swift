import Foundation

/// Watches a training for clusters that collapse. Each sign is told of when it appears, and again when it comes back.
public struct CollapseWatch {
  private enum Sign: Hashable { case clusters, entropy, subheads, items, alike, agreement }

  /// Below this part of ln K, clusters are so unequal that most items are in few of them.
  private static let lowEntropy = 0.5
  /// Below this mean normalised mutual information, sub-heads share little of what they find.
  private static let lowAgreement = 0.25
  /// Below this deviation of probabilities, in units of 1 / K, items are told nearly the same: clusters and items share
  /// no more than about its square, 0.0004 nats.
  private static let lowSpread = 0.02

  private let clusters: Int
  private let advice: String
  private var restart: Int?
  private var present: Set<Sign> = []
  /// What need not be so yet in the first epoch of a head, and was so in the last one.
  private var pending: Set<Sign> = []

  /// Watches a main head of so many clusters; `advice` says what may help against collapse.
  public init(clusters: Int, advice: String) {
    self.clusters = clusters
    self.advice = advice
  }

  /// What to tell the user after an epoch, a line each; what was told of the epoch before is left out.
  public mutating func warnings(after record: EpochRecord) -> [String] {
    // Another initialisation says nothing about the last one.
    if record.restart != restart { (restart, present, pending) = (record.restart, [], []) }
    guard let figures = record.usageFigures else { return [] }
    let signs = signs(figures, record.usage.subheads)
    defer { present = Set(signs.map(\.sign)) }
    return signs.filter { !present.contains($0.sign) }.map(\.text)
  }

  private mutating func signs(
    _ figures: ClusterUsage.Figures, _ subheads: [ClusterUsage.Subhead]
  ) -> [(sign: Sign, text: String)] {
    let collapse = "; if that stays, try \(advice)"
    var signs: [(sign: Sign, text: String)] = []
    if isFew(figures.clustersInUse) {
      signs.append((.clusters, "only \(figures.clustersInUse) of \(clusters) clusters are in use" + collapse))
    }
    if figures.entropy < Self.lowEntropy {
      let entropy = String(format: "%.2f", figures.entropy)
      signs.append(
        (.entropy, "clusters are of very unequal size: entropy \(entropy), where equal ones have 1" + collapse))
    }
    let collapsed = subheads.count { isFew($0.clustersInUse) || $0.entropy < Self.lowEntropy }
    if signs.isEmpty, 2 * collapsed >= subheads.count {
      signs.append((.subheads, "\(collapsed) of \(subheads.count) sub-heads have collapsed" + collapse))
    }
    var lasting: [(sign: Sign, text: String)] = []
    if signs.isEmpty, figures.spread < Self.lowSpread {
      let spread = String(format: "%.2g", 100 * figures.spread)
      lasting.append(
        (
          .alike,
          "the main head tells all items nearly the same: probabilities differ by \(spread) %; if that stays, features "
            + "may hardly differ between items, as behind an average pool without normalisation (inspect shows it): "
            + "normalise them, or try a larger training.learningRate"
        ))
    } else if !signs.contains(where: { $0.sign == .clusters }), figures.clustersWithItems < clusters {
      lasting.append(
        (.items, "only \(figures.clustersWithItems) of \(clusters) clusters hold items" + collapse))
    }
    if let agreement = figures.agreement, agreement < Self.lowAgreement {
      let mean = String(format: "%.2f", max(0, agreement))
      lasting.append(
        (.agreement, "sub-heads find different clusters: agreement \(mean), where equal ones have 1" + collapse))
    }
    signs += lasting.filter { pending.contains($0.sign) }
    pending = Set(lasting.map(\.sign))
    return signs
  }

  private func isFew(_ inUse: Int) -> Bool { 2 * inUse <= clusters }
}

extension EvaluationReport {
  /// What to tell the user where clusters of the result are empty or nearly so; nil where none is.
  ///
  /// A cluster is nearly empty if it holds less than a tenth of an equal share of the items.
  public func emptyClusterWarning(advice: String) -> String? {
    let used = ClusterUsage.clustersInUse(clusterCounts.map(Double.init))
    guard used < clusters else { return nil }
    let isEmpty = clusterCounts.count { $0 > 0 } == used
    let found =
      "only \(used) of \(clusters) clusters hold "
      + (isEmpty ? "items" : "a tenth of an equal share of items or more")
    return items < clusters
      ? "\(found): there are \(items) items; set heads.main.clusters to fewer" : "\(found); try \(advice)"
  }
}
