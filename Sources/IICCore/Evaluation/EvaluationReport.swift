/// The figures of an evaluation. Those that need labels are absent when there are none.
public struct EvaluationReport: Sendable, Codable {
  /// One sub-head's figures.
  public struct Subhead: Sendable, Codable {
    /// The sub-head, counted from 0.
    public let subhead: Int
    /// Its loss over the whole dataset, nats.
    public let loss: Double
    /// Accuracy under the best one-to-one matching of clusters and classes (Hungarian).
    public let acc: Double?
    /// Accuracy with each cluster mapped to its most frequent class.
    public let accManyToOne: Double?
    /// Normalised mutual information, arithmetic mean.
    public let nmi: Double?
    /// Adjusted Rand index.
    public let ari: Double?
    /// Of places: the intersection over union of each class, by its number, under the one-to-one matching, and the mean;
    /// then the mean with each cluster mapped to its most frequent class.
    public private(set) var iou: [String: Double]?
    public private(set) var meanIoU, meanIoUManyToOne: Double?

    private enum CodingKeys: String, CodingKey {
      case subhead, loss, acc, nmi, ari, iou
      case accManyToOne = "acc_many_to_one"
      case meanIoU = "mean_iou"
      case meanIoUManyToOne = "mean_iou_many_to_one"
    }
  }

  /// Accuracy over the sub-heads.
  public struct Mean: Sendable, Codable {
    /// The mean accuracy.
    public let acc: Double
    /// Its population standard deviation.
    public let accStd: Double

    private enum CodingKeys: String, CodingKey {
      case acc
      case accStd = "acc_std"
    }
  }

  /// The figures of groups of items.
  public struct Groups: Sendable, Codable {
    /// The number of groups.
    public let count: Int
    /// The groups in each cluster, by the sub-head that `EvaluationReport.byLoss` is of.
    public let clusterCounts: [Int]
    /// The figures of that sub-head.
    public let byLoss: Subhead
    /// The sub-head of highest accuracy over the groups.
    public let byLabels: Subhead?

    private enum CodingKeys: String, CodingKey {
      case count
      case clusterCounts = "cluster_counts"
      case byLoss = "by_loss"
      case byLabels = "by_labels"
    }
  }

  /// How well clusters fit the classes that other items' labels map them to: a figure of learning with those labels,
  /// beside the ones of clustering.
  public struct Mapped: Sendable, Codable {
    /// The parts of the data whose labels map the clusters.
    public let parts: [String]
    /// The items with a label in them.
    public let items: Int
    /// The sub-head of highest accuracy over these items.
    public let subhead: Int
    /// That accuracy.
    public let mappingAcc: Double
    /// The clusters of that sub-head in which none of these items is; they count as class 0.
    public let unlabelledClusters: Int
    /// The share of the clustered items whose class is the one that their cluster is mapped to.
    public let acc: Double
    /// Normalised mutual information of these classes and the items', arithmetic mean.
    public let nmi: Double
    /// Adjusted Rand index of these classes and the items'.
    public let ari: Double
    /// `acc` over all sub-heads.
    public let mean: Mean
    /// True where the clusters are classes that were learned by these labels, rather than mapped to them; nil where not.
    public let learned: Bool?

    private enum CodingKeys: String, CodingKey {
      case parts, items, subhead, acc, nmi, ari, mean, learned
      case mappingAcc = "mapping_acc"
      case unlabelledClusters = "unlabelled_clusters"
    }
  }

  /// What the sub-heads say together, without labels.
  public struct Together: Sendable, Codable {
    /// How the sub-heads are brought to one numbering, and how well they agree.
    public let consensus: Consensus
    /// The items in each cluster of the consensus.
    public let clusterCounts: [Int]
    /// How well the consensus fits the classes; nil where none is known.
    public let scores: ClusteringScores?

    private enum CodingKeys: String, CodingKey {
      case consensus, scores
      case clusterCounts = "cluster_counts"
    }
  }

  /// The number of items.
  public let items: Int
  /// Of a dense network, the number of places, which all figures are of then; nil where they are of items.
  public let places: Int?
  /// The number of clusters: K, unless some were merged or split.
  public let clusters: Int
  /// The items, or places, in each cluster, by the sub-head that `byLoss` is of.
  public let clusterCounts: [Int]
  /// Where clusters were edited, their numbers, ascending; nil where they are 0 to K - 1.
  public let clusterNumbers: [Int]?
  /// The names that were given to clusters, by number; nil if none was.
  public let clusterNames: [Int: String]?
  /// The sub-head of lowest loss, chosen without labels: at the end of the run, over its items. It is part of the run, so
  /// that its clusters are the same ones whatever data the run is evaluated on.
  public let byLoss: Subhead
  /// The sub-head of highest accuracy, chosen with labels: a bound, not a result.
  public let byLabels: Subhead?
  /// Over all sub-heads.
  public let mean: Mean?
  /// Over groups of items, by the mean of their items' probabilities; nil if items have no groups.
  public let groups: Groups?
  /// By classes that other items' labels map clusters to; nil if the manifest asks for none.
  public let mapped: Mapped?
  /// Of several sub-heads, their consensus; nil of places, and of one sub-head.
  public let together: Together?

  private enum CodingKeys: String, CodingKey {
    case items, places, clusters, mean, groups, mapped, together
    case clusterCounts = "cluster_counts"
    case clusterNumbers = "cluster_numbers"
    case clusterNames = "cluster_names"
    case byLoss = "by_loss"
    case byLabels = "by_labels"
  }

  /// Compares assignments with the classes, if these are known.
  ///
  /// - Parameters:
  ///   - labels: the class of every item of the dataset, -1 where it is unknown.
  ///   - memberships: the group of every item of the dataset, if there are groups.
  public init(
    _ assignments: Assignments, labels: [Int]?, memberships: [Int]? = nil
  ) throws(ClusteringScoresError) {
    let classes = assignments.items.map { labels?[$0] ?? -1 }
    let best = assignments.chosen
    var bySubhead = assignments.clusters
    bySubhead[best] = assignments.result
    let subheads = try Self.subheads(bySubhead, classes, assignments.losses)
    items = assignments.items.count
    places = nil
    clusters = assignments.numbers.count
    clusterCounts = Self.counts(bySubhead[best], of: assignments.numbers)
    clusterNumbers = assignments.edited?.isRegrouped == true ? assignments.numbers : nil
    clusterNames = assignments.edited.flatMap { $0.names.isEmpty ? nil : $0.names }
    byLoss = subheads[best]
    let accuracies = subheads.compactMap(\.acc)
    byLabels = accuracies.isEmpty ? nil : subheads.max { ($0.acc ?? 0) < ($1.acc ?? 0) }
    mean = accuracies.isEmpty ? nil : Mean(of: accuracies)
    mapped = try assignments.mapping?.figures(assignments.clusters, classes: classes)
    together = assignments.clusters.count > 1 ? try Together(assignments, classes) : nil
    guard let found = assignments.groups, let memberships else {
      groups = nil
      return
    }
    let known = labels.map { found.classes($0, memberships: memberships, items: assignments.items) }
    var groupsBySubhead = found.clusters
    groupsBySubhead[best] = assignments.groupResult(memberships)
    let figures = try Self.subheads(
      groupsBySubhead, known ?? found.groups.map { _ in -1 }, assignments.losses)
    groups = Groups(
      count: found.groups.count, clusterCounts: Self.counts(groupsBySubhead[best], of: assignments.numbers),
      byLoss: figures[best],
      byLabels: figures[best].acc == nil ? nil : figures.max { ($0.acc ?? 0) < ($1.acc ?? 0) })
  }

  /// The figures of every sub-head; `classes` are -1 where they are unknown.
  private static func subheads(
    _ clusters: [[Int]], _ classes: [Int], _ losses: [Double]
  ) throws(ClusteringScoresError) -> [Subhead] {
    let known = classes.indices.filter { classes[$0] >= 0 }
    var subheads: [Subhead] = []
    for (index, clusters) in clusters.enumerated() {
      var scores: ClusteringScores?
      if !known.isEmpty {
        scores = try ClusteringScores(clusters: known.map { clusters[$0] }, classes: known.map { classes[$0] })
      }
      subheads.append(
        Subhead(
          subhead: index, loss: losses[index], acc: scores?.acc, accManyToOne: scores?.accManyToOne,
          nmi: scores?.nmi, ari: scores?.ari))
    }
    return subheads
  }

  private static func counts(_ clusters: [Int], of numbers: [Int]) -> [Int] {
    let counts = clusters.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return numbers.map { counts[$0] ?? 0 }
  }
}

extension EvaluationReport {
  /// The figures of places.
  init(_ found: PlaceAssignments) throws(ClusteringScoresError) {
    var subheads: [Subhead] = []
    for (index, loss) in found.losses.enumerated() {
      subheads.append(Subhead(subhead: index, loss: loss, table: try found.contingency(subhead: index)))
    }
    let best = found.chosen
    items = found.items.count
    let sums = found.items.indices.reduce(into: Array(repeating: 0, count: found.clusterCount)) { sums, place in
      for (cluster, count) in found.counts(ofItem: place, subhead: best).enumerated() { sums[cluster] += count }
    }
    clusters = found.numbers.count
    clusterCounts = found.numbers.map { sums[$0] }
    clusterNumbers = found.edited?.isRegrouped == true ? found.numbers : nil
    clusterNames = found.edited.flatMap { $0.names.isEmpty ? nil : $0.names }
    places = clusterCounts.reduce(0, +)
    byLoss = subheads[best]
    let accuracies = subheads.compactMap(\.acc)
    byLabels = accuracies.isEmpty ? nil : subheads.max { ($0.acc ?? 0) < ($1.acc ?? 0) }
    mean = accuracies.isEmpty ? nil : Mean(of: accuracies)
    (groups, mapped, together) = (nil, nil, nil)
  }
}

extension EvaluationReport.Subhead {
  /// The figures of a sub-head's places, by their table of clusters and classes, if any class is known.
  fileprivate init(subhead: Int, loss: Double, table: ContingencyTable?) {
    let scores = table.map(ClusteringScores.init)
    self.init(
      subhead: subhead, loss: loss, acc: scores?.acc, accManyToOne: scores?.accManyToOne, nmi: scores?.nmi,
      ari: scores?.ari)
    guard let table else { return }
    let values = table.intersectionsOverUnion(of: table.matchedClasses())
    iou = Dictionary(uniqueKeysWithValues: zip(table.classes.map { "\($0)" }, values))
    meanIoU = values.reduce(0, +) / Double(values.count)
    let many = table.intersectionsOverUnion(of: table.majorityClasses())
    meanIoUManyToOne = many.reduce(0, +) / Double(many.count)
  }
}

extension EvaluationReport.Together {
  /// `classes` are -1 where they are unknown.
  fileprivate init(_ found: Assignments, _ classes: [Int]) throws(ClusteringScoresError) {
    let counts = Array(repeating: found.clusterCount, count: found.clusters.count)
    let consensus = try Consensus(found.clusters, counts: counts, first: found.chosen)
    let clusters = found.items.indices.map { place in
      consensus.cluster(of: found.clusters.map { $0[place] }).cluster
    }
    self.consensus = consensus
    clusterCounts = clusters.reduce(into: Array(repeating: 0, count: found.clusterCount)) { $0[$1] += 1 }
    let known = classes.indices.filter { classes[$0] >= 0 }
    scores =
      known.isEmpty
      ? nil : try ClusteringScores(clusters: known.map { clusters[$0] }, classes: known.map { classes[$0] })
  }
}

extension EvaluationReport.Mean {
  init(of values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    self.init(acc: mean, accStd: variance.squareRoot())
  }
}
