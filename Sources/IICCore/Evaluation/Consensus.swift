/// Several clusterings of the same items brought to one numbering, without labels.
///
/// Each is numbered like the first by the one-to-one matching of clusters that puts the most items together (Hungarian); the
/// consensus of an item is the cluster that most of them give it, of several such the first one's if it is among them.
public struct Consensus: Sendable, Equatable, Codable {
  /// For each clustering, the cluster of the first one that each of its clusters is, by number; those left over have numbers
  /// behind.
  public let numbering: [[Int]]
  /// The clustering whose numbers are kept.
  public let first: Int
  /// The adjusted Rand index of every two clusterings, the mean over pairs; 1 for a single one.
  public let agreement: Double

  /// Compares clusterings of the same items.
  ///
  /// - Parameters:
  ///   - clusterings: the cluster of each item, by clustering.
  ///   - counts: the number of clusters of each.
  ///   - first: the clustering whose numbers are kept.
  public init(_ clusterings: [[Int]], counts: [Int], first: Int) throws(ClusteringScoresError) {
    var numbering: [[Int]] = []
    var sum = 0.0
    for (place, clusters) in clusterings.enumerated() {
      let table = try ContingencyTable(clusters: clusters, classes: clusterings[first])
      numbering.append(Self.numbers(table, of: counts[place], like: counts[first]))
      for other in clusterings[..<place] {
        sum += ClusteringScores(try ContingencyTable(clusters: clusters, classes: other)).ari
      }
    }
    self.numbering = numbering
    self.first = first
    let pairs = clusterings.count * (clusterings.count - 1) / 2
    agreement = pairs == 0 ? 1 : sum / Double(pairs)
  }

  private static func numbers(_ table: ContingencyTable, of count: Int, like known: Int) -> [Int] {
    let matched = table.matchedClasses()
    var taken = Set(matched.values)
    return (0..<count).map { cluster in
      if let number = matched[cluster] { return number }
      // One without items, or one too many.
      let free = (0..<known).first { !taken.contains($0) } ?? ((taken.max() ?? -1) + 1)
      taken.insert(free)
      return free
    }
  }

  /// The consensus on an item whose cluster by each clustering is known, and the share of clusterings that agree with it.
  public func cluster(of clusters: [Int]) -> (cluster: Int, share: Double) {
    let order = [first] + clusters.indices.filter { $0 != first }
    return Self.vote(order.map { numbering[$0][clusters[$0]] })
  }

  /// The cluster that is named most often, of several such the one named first, and the share that name it.
  static func vote(_ clusters: [Int]) -> (cluster: Int, share: Double) {
    var counts: [Int: Int] = [:]
    for cluster in clusters { counts[cluster, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    return (clusters.first { counts[$0] == most } ?? 0, Double(most) / Double(max(1, clusters.count)))
  }
}
