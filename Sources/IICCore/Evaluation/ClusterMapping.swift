import Files
public import Manifest

/// By whose labels clusters are mapped to classes: the `evaluation.mapping` section of a manifest.
public struct MappingConfiguration: ManifestSection, Sendable {
  /// The parts of the data whose labels are used.
  public var parts: [String]
  /// The share of their labels that is used.
  public var share = 1.0

  /// Maps by all labels of parts of the data.
  public init(parts: [String]) { self.parts = parts }

  public init(from section: SectionReader) throws(ManifestError) {
    parts = try section("parts", .list(of: .string), "parts of the data whose labels map clusters to classes")
    share = try section(
      "share", .number(in: 0.00001...1), default: share,
      "share of their labels that is used, drawn by training.seed")
  }

  /// The items of the parts and the label of each, -1 where it is unknown or not used. Throws if no label is left, if
  /// items are among the `evaluated` ones, or if none of these has a label to compare with.
  func labels(
    of dataset: Dataset, besides evaluated: [Int], seed: Int
  ) throws(UserError) -> (items: [Int], labels: [Int]) {
    let key = "evaluation.mapping.parts"
    let items = try dataset.items(in: parts, key: key)
    let names = parts.joined(separator: ", ")
    guard Set(items).isDisjoint(with: evaluated) else {
      throw UserError(
        "found \(names), where items are that are clustered, too; expected parts other than evaluation.parts, or, if "
          + "these are absent, than the main head's: labels that map clusters cannot score them", key: key)
    }
    let labels = dataset.labels ?? Array(repeating: -1, count: dataset.count)
    let labelled = items.filter { labels[$0] >= 0 }
    guard !labelled.isEmpty else {
      throw UserError("found \(names), where no item has a label; expected parts with labels", key: key)
    }
    guard evaluated.contains(where: { labels[$0] >= 0 }) else {
      throw UserError(
        "no item that is clustered has a label to compare with; expected evaluation.parts with labels", key: key)
    }
    let drawn = LabelBudget.share(share).draw(from: labelled, random: RandomStream(seed: seed).child("mapping"))
    let used = Set((drawn ?? []).map { labelled[$0] })
    return (items, items.map { used.contains($0) ? labels[$0] : -1 })
  }
}

/// The class of each cluster by the labels of some items: the most frequent one, of equally frequent ones the lowest,
/// and 0 where none of the items is. Several clusters may have one class.
///
/// It is how overclustering is scored where some labels are known: clusters are found without labels, named by some
/// and compared with those of other items.
public struct ClusterMapping: Sendable {
  /// The parts of the data that the items are in.
  public let parts: [String]
  /// The number of items, those that have a label.
  public let items: Int
  /// The class of each cluster, by sub-head: `[S][K]`.
  public let classes: [[Int]]
  /// The share of the items whose class is their cluster's, by sub-head: `[S]`.
  public let accuracies: [Double]
  /// The clusters in which none of the items is, by sub-head: `[S]`.
  public let unlabelledClusters: [Int]
  /// Whether the clusters are classes that were learned, by number.
  private let isLearned: Bool

  /// Maps the clusters of `assignments` by the items' `labels`, in their order, -1 where there is none.
  public init(
    _ assignments: Assignments, labels: [Int], parts: [String]
  ) throws(ClusteringScoresError) {
    self.parts = parts
    isLearned = false
    let known = labels.indices.filter { labels[$0] >= 0 }
    items = known.count
    var classes: [[Int]] = []
    var accuracies: [Double] = []
    var unlabelled: [Int] = []
    for clusters in assignments.clusters {
      let table = try ContingencyTable(clusters: known.map { clusters[$0] }, classes: known.map { labels[$0] })
      let majority = table.majorityClasses()
      classes.append((0..<assignments.clusterCount).map { majority[$0] ?? 0 })
      accuracies.append(table.accuracy(of: majority))
      unlabelled.append(assignments.clusterCount - majority.count)
    }
    self.classes = classes
    self.accuracies = accuracies
    unlabelledClusters = unlabelled
  }

  /// Takes each cluster as the class of its number, as where the clusters of `assignments` were learned by labels; `labels`
  /// are those of its items, and `source` says where they are from.
  init(learned assignments: Assignments, labels: [Int], source: String) {
    (parts, items, isLearned) = ([source], labels.count, true)
    let clusters = assignments.clusters
    classes = clusters.map { _ in Array(0..<assignments.clusterCount) }
    accuracies = clusters.map { found in
      Double(labels.indices.count { found[$0] == labels[$0] }) / Double(max(1, labels.count))
    }
    let known = Set(labels)
    unlabelledClusters = clusters.map { _ in (0..<assignments.clusterCount).count { !known.contains($0) } }
  }

  /// The sub-head that fits the labels best; of equal ones the first.
  public var best: Int { accuracies.indices.max { accuracies[$0] < accuracies[$1] } ?? 0 }

  /// How well other items' `clusters`, by sub-head, fit their classes, -1 where these are unknown; nil if all are.
  func figures(
    _ clusters: [[Int]], classes known: [Int]
  ) throws(ClusteringScoresError) -> EvaluationReport.Mapped? {
    let places = known.indices.filter { known[$0] >= 0 }
    guard !places.isEmpty else { return nil }
    var accuracies: [Double] = []
    for (subhead, clusters) in clusters.enumerated() {
      let correct = places.count { classes[subhead][clusters[$0]] == known[$0] }
      accuracies.append(Double(correct) / Double(places.count))
    }
    let scores = try ClusteringScores(
      clusters: places.map { classes[best][clusters[best][$0]] }, classes: places.map { known[$0] })
    return EvaluationReport.Mapped(
      parts: parts, items: items, subhead: best, mappingAcc: self.accuracies[best],
      unlabelledClusters: unlabelledClusters[best], acc: accuracies[best], nmi: scores.nmi, ari: scores.ari,
      mean: EvaluationReport.Mean(of: accuracies), learned: isLearned ? true : nil)
  }
}
