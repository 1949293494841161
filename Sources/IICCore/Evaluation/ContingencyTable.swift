/// How many items each pair of a cluster and a class shares.
///
/// Rows are the K clusters that hold at least one item, columns the C classes that do. Labels may be any whole
/// numbers. The table is dense: it takes K × C counts of memory.
public struct ContingencyTable: Sendable, Equatable {
  /// The labels of the clusters that occur, ascending; [K].
  public let clusters: [Int]
  /// The labels of the classes that occur, ascending; [C].
  public let classes: [Int]
  /// The shared items, row by row; [K, C].
  public let counts: [Int]
  /// The number of items; at least 1.
  public let itemCount: Int

  /// Counts the items; `clusters[i]` and `classes[i]` are the labels of item i.
  ///
  /// Throws a `ClusteringScoresError` if the lengths differ or there are no items.
  public init(clusters: [Int], classes: [Int]) throws(ClusteringScoresError) {
    guard clusters.count == classes.count else {
      throw .lengthsDiffer(clusters: clusters.count, classes: classes.count)
    }
    guard !clusters.isEmpty else { throw .noItems }
    let rows = Set(clusters).sorted()
    let columns = Set(classes).sorted()
    let rowOfCluster = Dictionary(uniqueKeysWithValues: zip(rows, 0...))
    let columnOfClass = Dictionary(uniqueKeysWithValues: zip(columns, 0...))
    var counts = [Int](repeating: 0, count: rows.count * columns.count)
    for (cluster, label) in zip(clusters, classes) {
      guard let row = rowOfCluster[cluster], let column = columnOfClass[label] else { continue }
      counts[row * columns.count + column] += 1
    }
    self.clusters = rows
    self.classes = columns
    self.counts = counts
    itemCount = clusters.count
  }

  /// Takes counts row by row, `[K, C]`, of clusters and classes that are numbered from 0. Those without any item are left
  /// out. Throws if there are no items.
  public init(counts: [Int], clusters: Int, classes: Int) throws(ClusteringScoresError) {
    let rows = (0..<clusters).filter { row in (0..<classes).contains { counts[row * classes + $0] > 0 } }
    let columns = (0..<classes).filter { column in rows.contains { counts[$0 * classes + column] > 0 } }
    guard !rows.isEmpty else { throw .noItems }
    (self.clusters, self.classes) = (rows, columns)
    self.counts = rows.flatMap { row in columns.map { counts[row * classes + $0] } }
    itemCount = self.counts.reduce(0, +)
  }

  /// The items shared by the cluster `clusters[row]` and the class `classes[column]`.
  public subscript(row: Int, column: Int) -> Int { counts[row * classes.count + column] }

  /// The items of each cluster; [K], in the order of `clusters`.
  public var clusterCounts: [Int] {
    clusters.indices.map { row in
      classes.indices.reduce(0) { $0 + self[row, $1] }
    }
  }

  /// The items of each class; [C], in the order of `classes`.
  public var classCounts: [Int] {
    classes.indices.map { column in
      clusters.indices.reduce(0) { $0 + self[$1, column] }
    }
  }
}
