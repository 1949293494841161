extension ContingencyTable {
  /// The class of each cluster under the one-to-one matching that puts the most items right.
  ///
  /// All of the min(K, C) possible pairs are made, so a cluster may get a class with which it shares no item. With
  /// more clusters than classes the clusters left over are absent. Of several best matchings the same one is
  /// always given.
  public func matchedClasses() -> [Int: Int] {
    let matching = HungarianAssignment(
      maximizing: counts.map { Double($0) }, rows: clusters.count, columns: classes.count)
    var mapping: [Int: Int] = [:]
    for (row, column) in matching.columnOfRow.enumerated() {
      if let column { mapping[clusters[row]] = classes[column] }
    }
    return mapping
  }

  /// The most frequent class of each cluster; of equally frequent ones, the lowest label.
  public func majorityClasses() -> [Int: Int] {
    var mapping: [Int: Int] = [:]
    for (row, cluster) in clusters.enumerated() {
      var best = 0
      for column in classes.indices where self[row, column] > self[row, best] { best = column }
      mapping[cluster] = classes[best]
    }
    return mapping
  }

  /// The share of items whose class is the one that `mapping` gives their cluster; in 0...1.
  ///
  /// Items of a cluster without a class count as wrong.
  public func accuracy(of mapping: [Int: Int]) -> Double {
    var correct = 0
    for (row, cluster) in clusters.enumerated() {
      guard let label = mapping[cluster] else { continue }
      for (column, other) in classes.enumerated() where other == label { correct += self[row, column] }
    }
    return Double(correct) / Double(itemCount)
  }

  /// The intersection over union of each class under a mapping of clusters to classes, in the order of `classes`: the items
  /// that are of a class and were given it, as a share of those that are of it or were given it.
  public func intersectionsOverUnion(of mapping: [Int: Int]) -> [Double] {
    let totals = classCounts
    return classes.enumerated().map { column, label in
      var (shared, given) = (0, 0)
      for (row, cluster) in clusters.enumerated() where mapping[cluster] == label {
        shared += self[row, column]
        for other in classes.indices { given += self[row, other] }
      }
      return Double(shared) / Double(totals[column] + given - shared)
    }
  }
}
