import Foundation

/// Watches a training for clusters that collapse. Each sign is told of when it appears, and again when it comes back.
public struct CollapseWatch {
  private enum Sign: Hashable { case clusters, entropy, subheads, agreement }

  /// Below this part of ln K, clusters are so unequal that most items are in few of them.
  private static let lowEntropy = 0.5
  /// Below this mean normalised mutual information, sub-heads share little of what they find.
  private static let lowAgreement = 0.25
  private static let advice =
    "if that stays, try a larger training.batch, heads.main.lambda above 1, training.restarts, or weaker "
    + "views.transformed"

  private let clusters: Int
  private var restart: Int?
  private var present: Set<Sign> = []
  private var disagreed = false

  /// Watches a main head of so many clusters.
  public init(clusters: Int) { self.clusters = clusters }

  /// What to tell the user after an epoch, a line each; what was told of the epoch before is left out.
  public mutating func warnings(after record: EpochRecord) -> [String] {
    // Another initialisation says nothing about the last one.
    if record.restart != restart { (restart, present, disagreed) = (record.restart, [], false) }
    guard let figures = record.usage.figures else { return [] }
    let signs = signs(figures, record.usage.subheads)
    defer { present = Set(signs.map(\.sign)) }
    return signs.filter { !present.contains($0.sign) }.map { "\($0.text); \(Self.advice)" }
  }

  private mutating func signs(
    _ figures: ClusterUsage.Figures, _ subheads: [ClusterUsage.Subhead]
  ) -> [(sign: Sign, text: String)] {
    var signs: [(sign: Sign, text: String)] = []
    if isFew(figures.clustersInUse) {
      signs.append((.clusters, "only \(figures.clustersInUse) of \(clusters) clusters are in use"))
    }
    if figures.entropy < Self.lowEntropy {
      let entropy = String(format: "%.2f", figures.entropy)
      signs.append((.entropy, "clusters are of very unequal size: entropy \(entropy), where equal ones have 1"))
    }
    let collapsed = subheads.count { isFew($0.clustersInUse) || $0.entropy < Self.lowEntropy }
    if signs.isEmpty, 2 * collapsed >= subheads.count {
      signs.append((.subheads, "\(collapsed) of \(subheads.count) sub-heads have collapsed"))
    }
    // In the first epoch of a head its sub-heads need not agree yet.
    let disagrees = figures.agreement.map { $0 < Self.lowAgreement } ?? false
    if disagrees, disagreed, let agreement = figures.agreement {
      let mean = String(format: "%.2f", max(0, agreement))
      signs.append((.agreement, "sub-heads find different clusters: agreement \(mean), where equal ones have 1"))
    }
    disagreed = disagrees
    return signs
  }

  private func isFew(_ inUse: Int) -> Bool { 2 * inUse <= clusters }
}
