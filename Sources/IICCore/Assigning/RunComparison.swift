import Files
import Foundation

/// Several runs over the same items: how well they agree, and what they say together. No label takes part in it.
public struct RunComparison {
  /// One of the runs.
  public struct Member: Sendable, Encodable {
    /// Its folder.
    public let run: String
    /// The seed that it was trained with.
    public let seed: Int
    /// The loss of its sub-head, nats.
    public let loss: Double
    /// How well its sub-heads agree: the mean adjusted Rand index of two of them; nil of a single one.
    public let subheadAgreement: Double?
    /// How well its clusters fit the classes; nil where none is known.
    public let scores: ClusteringScores?

    private enum CodingKeys: String, CodingKey {
      case run, seed, loss, scores
      case subheadAgreement = "subhead_agreement"
    }
  }

  /// The runs, in the order given.
  public private(set) var members: [Member] = []
  /// The run of lowest loss, by its place: the one to go on with, whose numbers the consensus has.
  public let best: Int
  /// The mean adjusted Rand index of two runs: 1 where all find the same clusters, about 0 where chance decides.
  public let agreement: Double
  /// The consensus of all sub-heads of all runs on each item, as a number of the best run, and the share that agrees.
  public let consensus: [(cluster: Int, share: Double)]
  /// How well the consensus fits the classes; nil where none is known.
  public let consensusScores: ClusteringScores?
  /// The names of the items, and the cluster of each by each run.
  public let ids: [String], clusters: [[Int]]
  /// The class of each item as results write it; nil where none is known.
  public let classes: [String]?

  /// Clusters the items of each run. Throws unless they are the same items.
  public init(_ runs: [FinishedRun]) throws {
    guard runs.count > 1, let first = runs.first else {
      throw UserError("found \(runs.count) run to compare; expected two or more")
    }
    let items = first.experiment.evaluatedItems
    ids = items.map { first.experiment.dataset.description.ids[$0] }
    var votes: [[Int]] = [], counts: [Int] = [], chosen: [Int] = [], clusters: [[Int]] = []
    let labels = first.experiment.dataset.labels
    // Items that one of the runs learned the class of are in no figure of any.
    let known = items.indices.filter { place in
      runs.allSatisfy { run in
        let evaluated = run.experiment.evaluatedItems
        return evaluated.indices.contains(place) && (run.experiment.scoredLabels?[evaluated[place]] ?? -1) >= 0
      }
    }
    func scores(_ clusters: [Int]) throws -> ClusteringScores? {
      guard let labels, !known.isEmpty else { return nil }
      return try ClusteringScores(clusters: known.map { clusters[$0] }, classes: known.map { labels[items[$0]] })
    }
    for run in runs {
      guard !run.network.isDense else {
        throw UserError("\(run.folder.path): clusters the places of items; runs of items can be compared")
      }
      let own = run.experiment
      guard own.evaluatedItems.map({ own.dataset.description.ids[$0] }) == ids else {
        throw UserError(
          "\(run.folder.path): found \(own.evaluatedItems.count) items that are not those of \(first.folder.path), which "
            + "are \(items.count); expected runs over the same items")
      }
      let found = try own.assignments(of: run.network, subhead: run.subhead.subhead)
      chosen.append(votes.count + found.chosen)
      votes += found.clusters
      counts += found.clusters.map { _ in found.clusterCount }
      clusters.append(found.clusters[found.chosen])
      let together = try EvaluationReport(found, labels: nil).together
      members.append(
        Member(
          run: run.folder.path, seed: own.configuration.training.seed, loss: found.losses[found.chosen],
          subheadAgreement: together?.consensus.agreement, scores: try scores(clusters[clusters.count - 1])))
    }
    let members = members
    best = members.indices.min { members[$0].loss < members[$1].loss } ?? 0
    agreement = try Consensus(clusters, counts: chosen.map { counts[$0] }, first: best).agreement
    let together = try Consensus(votes, counts: counts, first: chosen[best])
    let consensus = items.indices.map { place in together.cluster(of: votes.map { $0[place] }) }
    consensusScores = try scores(consensus.map(\.cluster))
    self.consensus = consensus
    self.clusters = clusters
    classes =
      known.isEmpty
      ? nil : labels.map { labels in items.map { first.experiment.dataset.description.className(labels[$0]) } }
  }

  /// The consensus as CSV: `id,cluster,agreement,run_0,run_1,...` and, where classes are known, `label`.
  public var table: String {
    var text = "id,cluster,agreement,\(members.indices.map { "run_\($0)" }.joined(separator: ","))"
    text += classes == nil ? "\n" : ",label\n"
    for (place, id) in ids.enumerated() {
      let (cluster, share) = consensus[place]
      text += "\(CSVField.text(id)),\(cluster),\(String(format: "%.4f", share))"
      for run in clusters { text += ",\(run[place])" }
      if let classes { text += ",\(CSVField.text(classes[place]))" }
      text += "\n"
    }
    return text
  }
}
