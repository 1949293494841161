import Files
import Torch

/// Clusters as classes, many to one, by few labels: the paper's semi-supervised overclustering.
public struct FewLabelMapping {
  /// What class a cluster without a labelled item has.
  public enum Unlabelled: String, CaseIterable, Sendable {
    /// The class 0, as published.
    case first
    /// That of the nearest cluster that has one, by the means of the features of the clusters' items.
    case nearest
  }

  /// The head whose clusters are mapped, and its sub-head, chosen by loss.
  public let head: String, subhead: Int
  /// K.
  public let clusterCount: Int
  private let given: FewLabels
  private let unlabelled: Unlabelled
  /// The cluster of each labelled item, and of each other one.
  private let labelledClusters: [Int], otherClusters: [Int]
  /// The cluster of each scored item.
  private let scoredClusters: [Int]
  /// The other clusters from the nearest to the farthest, by cluster.
  private let neighbours: [[Int]]

  /// Looks at the clusters of a head. Throws if the run has none of that name.
  public init(_ given: FewLabels, head name: String, unlabelled: Unlabelled) throws {
    let (run, experiment) = (given.run, given.run.experiment)
    let heads = experiment.configuration.heads
    guard let head = heads.all.first(where: { $0.name == name }) else {
      throw UserError("found head \(name); the run has \(heads.all.map(\.name).joined(separator: ", "))")
    }
    self.given = given
    self.unlabelled = unlabelled
    (self.head, clusterCount) = (name, head.clusters)
    let others = try experiment.assignments(of: run.network, to: given.others, head: head)
    let labelled = try experiment.assignments(of: run.network, to: given.labelled.items, head: head)
    let chosen = name == HeadsConfiguration.main ? run.subhead.subhead : nil
    let subhead = chosen ?? others.bestByLoss
    self.subhead = subhead
    (otherClusters, labelledClusters) = (others.clusters[subhead], labelled.clusters[subhead])
    let scored = Set(given.scored)
    scoredClusters = zip(given.others, otherClusters).filter { scored.contains($0.0) }.map(\.1)
    neighbours =
      unlabelled == .nearest
      ? try Self.neighbours(
        experiment.headInputs(of: run.network, given.labelled.items + given.others),
        clusters: labelledClusters + otherClusters, count: head.clusters) : []
  }

  /// By cluster, the others by the distance of the means of their items' features; those without items are left out.
  private static func neighbours(_ features: Tensor, clusters: [Int], count: Int) throws -> [[Int]] {
    let means = try KMeans(clusters: count).centres(of: features, clusters: clusters)
    let width = means.shape[1]
    let values = try means.doubles()
    let used = Set(clusters).sorted()
    return (0..<count).map { cluster in
      func distance(_ other: Int) -> Double {
        (0..<width).reduce(0) { sum, place in
          let difference = values[cluster * width + place] - values[other * width + place]
          return sum + difference * difference
        }
      }
      return used.filter { $0 != cluster }.map { ($0, distance($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
    }
  }

  /// The class of each cluster by the labels at some places of the labelled items, and the clusters that have none of them.
  public func classes(by places: [Int]) throws -> (classes: [Int], unlabelled: [Int]) {
    let table = try ContingencyTable(
      clusters: places.map { labelledClusters[$0] }, classes: places.map { given.labelled.classes[$0] })
    let majority = table.majorityClasses()
    let without = (0..<clusterCount).filter { majority[$0] == nil }
    let classes = (0..<clusterCount).map { cluster in
      if let own = majority[cluster] { return own }
      guard unlabelled == .nearest else { return 0 }
      return neighbours[cluster].lazy.compactMap { majority[$0] }.first ?? 0
    }
    return (classes, without)
  }

  /// The share of the scored items that have the class that their cluster is given by the labels at some places.
  public func accuracy(by places: [Int]) throws -> Double {
    let classes = try classes(by: places).classes
    return given.accuracy(scoredClusters.map { classes[$0] })
  }

  /// How well the `classes` of clusters fit the scored items; nil if nothing can be scored.
  public func figures(_ classes: [Int]) throws -> (accuracy: Double, nmi: Double, ari: Double)? {
    guard !given.scored.isEmpty else { return nil }
    let found = scoredClusters.map { classes[$0] }
    let scores = try ClusteringScores(clusters: found, classes: given.classes)
    return (given.accuracy(found), scores.nmi, scores.ari)
  }

  /// Of every item, labelled or not, its cluster and the one of `classes` that this has, as CSV: `id,cluster,class`.
  public func table(_ classes: [Int]) -> String {
    let ids = given.run.experiment.dataset.description.ids
    let all =
      zip(given.labelled.items, labelledClusters).map { ($0, $1) }
      + zip(given.others, otherClusters).map { ($0, $1) }
    return all.sorted { $0.0 < $1.0 }.reduce(into: "id,cluster,class\n") { text, row in
      text += "\(CSVField.text(ids[row.0])),\(row.1),\(CSVField.text(given.labelled.className(classes[row.1])))\n"
    }
  }
}
