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

    private enum CodingKeys: String, CodingKey {
      case subhead, loss, acc, nmi, ari
      case accManyToOne = "acc_many_to_one"
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

  /// The number of items.
  public let items: Int
  /// K, the number of clusters.
  public let clusters: Int
  /// The items in each cluster, by the sub-head of lowest loss.
  public let clusterCounts: [Int]
  /// The sub-head of lowest loss, chosen without labels.
  public let byLoss: Subhead
  /// The sub-head of highest accuracy, chosen with labels: a bound, not a result.
  public let byLabels: Subhead?
  /// Over all sub-heads.
  public let mean: Mean?

  private enum CodingKeys: String, CodingKey {
    case items, clusters, mean
    case clusterCounts = "cluster_counts"
    case byLoss = "by_loss"
    case byLabels = "by_labels"
  }

  /// Compares assignments with the classes, if these are known.
  ///
  /// - Parameter labels: the class of every item of the dataset, -1 where it is unknown.
  public init(_ assignments: Assignments, labels: [Int]?) throws(ClusteringScoresError) {
    var subheads: [Subhead] = []
    let classes = assignments.items.map { labels?[$0] ?? -1 }
    let known = classes.indices.filter { classes[$0] >= 0 }
    for (index, clusters) in assignments.clusters.enumerated() {
      var scores: ClusteringScores?
      if !known.isEmpty {
        scores = try ClusteringScores(clusters: known.map { clusters[$0] }, classes: known.map { classes[$0] })
      }
      subheads.append(
        Subhead(
          subhead: index, loss: assignments.losses[index], acc: scores?.acc, accManyToOne: scores?.accManyToOne,
          nmi: scores?.nmi, ari: scores?.ari))
    }
    let best = assignments.bestByLoss
    var counts = [Int](repeating: 0, count: assignments.clusterCount)
    for cluster in assignments.clusters[best] { counts[cluster] += 1 }
    items = assignments.clusters[best].count
    clusters = assignments.clusterCount
    clusterCounts = counts
    byLoss = subheads[best]
    let accuracies = subheads.compactMap(\.acc)
    byLabels = known.isEmpty ? nil : subheads.max { ($0.acc ?? 0) < ($1.acc ?? 0) }
    mean = accuracies.isEmpty ? nil : Mean(of: accuracies)
  }
}

extension EvaluationReport.Mean {
  init(of values: [Double]) {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    self.init(acc: mean, accStd: variance.squareRoot())
  }
}
