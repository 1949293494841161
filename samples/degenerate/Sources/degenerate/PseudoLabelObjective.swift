import Foundation
import IICCore
import Manifest
import Torch

/// Clustering by labels that the network makes itself: at the beginning of each epoch every item is assigned to a cluster,
/// and until the next one the network learns these assignments by cross-entropy, on one view of each item.
///
/// Nothing in it asks for clusters of equal size, nor that an item's label be hard to guess. One cluster for all is a
/// solution, and the loss is 0 there.
struct PseudoLabelObjective: RegisteredObjective, TargetObjective {
  static let name = "pseudoLabels"

  /// What assigns the items.
  enum Assignment: String, CaseIterable {
    /// k-means on the features, as in DeepCluster (Caron et al., 2018), from the last epoch's clusters on.
    case kmeans
    /// The network's own clusters: the largest of its probabilities.
    case own
  }

  private let head: HeadConfiguration
  private let assignment: Assignment
  /// DeepCluster's remedies: k-means begins anew, which leaves no cluster empty; the head is drawn anew, since numbers of
  /// clusters mean nothing from one epoch to the next; an item weighs what makes all clusters weigh the same.
  private let hasRemedies: Bool

  init(from section: SectionReader, heads: HeadsConfiguration) throws(ManifestError) {
    head = heads.main
    assignment = try section(
      "assignment", .choice, default: .kmeans,
      "what assigns the items: k-means on the features, or the network's own clusters")
    hasRemedies = try section(
      "remedies", .boolean, default: true,
      "whether k-means begins anew in each epoch, the head is drawn anew, and clusters weigh the same, as in DeepCluster"
    )
    try section.check(
      heads.auxiliary == nil && head.startFrom == .random, "name",
      "found pseudoLabels; expected heads.auxiliary: null and a main head that starts at random")
  }

  func targets(at start: EpochStart) throws -> ItemTargets? {
    let classes =
      switch assignment {
      case .own: try start.clusters(of: head.name)
      case .kmeans: try clusters(of: start.features(), start)
      }
    if hasRemedies { try start.resetHead() }
    guard hasRemedies else { return ItemTargets(items: start.items, classes: classes) }
    let counts = classes.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let even = Double(classes.count) / Double(max(1, counts.count))
    return ItemTargets(
      items: start.items, classes: classes, weights: classes.map { Float(even / Double(counts[$0] ?? 1)) })
  }

  /// k-means anew, or one step of it from the clusters of the epoch before: means, then the nearest mean.
  private func clusters(of features: Tensor, _ start: EpochStart) throws -> [Int] {
    let method = KMeans(clusters: head.clusters, starts: 1, iterations: 20)
    guard !hasRemedies, let last = start.previous else {
      return try method(features, random: start.random).clusters
    }
    let used = Set(last.classes).sorted()
    let means = try method.centres(of: features, clusters: last.classes).to(.float32).selecting(Tensor(used))
    let scores = try features.matmul(means.transposed()) - (means * means).sum([1]).reshaped([1, used.count]) * 0.5
    return try scores.argmax(along: 1).integers().map { used[$0] }
  }

  func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    guard let targets = outputs.targets, let probabilities = outputs.transformed.heads[head.name] else {
      throw TorchError(operation: "PseudoLabelObjective", message: "found a batch without targets or main head")
    }
    let (n, clusters) = (targets.classes.count, head.clusters)
    let unit = try Tensor.identity(clusters)
    let wanted = try unit.to(targets.classes.device).selecting(targets.classes) * targets.weights.reshaped([n, 1])
    let repeats = probabilities.shape[0] / n
    let all = try wanted.reshaped([n, 1, clusters]).repeated([repeats, 1, 1])
    let losses = try (probabilities.clamped(min: 1e-37).log() * all).sum([0, 2]) * (-1 / Double(repeats * n))
    return ObjectiveValue(total: try losses.mean(), parts: [head.name: try losses.detached()])
  }
}
