import Torch

/// What a head says of the groups that items belong to, by the mean of their items' probabilities.
public struct GroupAssignments: Sendable {
  /// The groups, by their places in the description's `groupIDs`, in ascending order.
  public let groups: [Int]
  /// The cluster of each of them, by sub-head.
  public let clusters: [[Int]]

  /// The class of each group: the one that its items have, -1 if they have several, or none is known.
  ///
  /// - Parameters:
  ///   - labels: the class of every item of the dataset, -1 where it is unknown.
  ///   - memberships: the group of every item of the dataset.
  ///   - items: the items that were assigned.
  func classes(_ labels: [Int], memberships: [Int], items: [Int]) -> [Int] {
    var found: [Int: Set<Int>] = [:]
    for item in items where labels[item] >= 0 { found[memberships[item], default: []].insert(labels[item]) }
    return groups.map { group in
      guard let classes = found[group], classes.count == 1 else { return -1 }
      return classes.first ?? -1
    }
  }
}

extension Assignments {
  /// The cluster of each group by the chosen sub-head, as edits leave it; where a cluster was split, the one that most of the
  /// group's items are in.
  func groupResult(_ memberships: [Int]) -> [Int] {
    guard let groups else { return [] }
    guard let edited else { return groups.clusters[chosen] }
    guard edited.isSplit else { return groups.clusters[chosen].map { edited.cluster(main: $0) } }
    var votes: [Int: [Int: Int]] = [:]
    for (item, cluster) in zip(items, result) { votes[memberships[item], default: [:]][cluster, default: 0] += 1 }
    return groups.groups.map { group in
      (votes[group] ?? [:]).max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
    }
  }
}

/// Sums items' probabilities by group.
struct GroupProbabilities {
  private let memberships: [Int]
  private let subheads, clusters: Int
  private var rows: [Int?]
  private var seen: [Int] = []
  /// For each group that was seen `[S, K]`.
  private var sums: [Double] = []

  /// Nil if items have no groups.
  init?(_ description: DatasetDescription, _ head: HeadConfiguration) {
    guard let groups = description.groups else { return nil }
    memberships = groups
    subheads = head.subheads
    clusters = head.clusters
    rows = Array(repeating: nil, count: description.groupIDs.count)
  }

  /// Adds the probabilities `[n, S, K]` of `items`.
  mutating func add(_ probabilities: Tensor, of items: ArraySlice<Int>) throws(TorchError) {
    let values = try probabilities.doubles()
    let size = subheads * clusters
    for (place, item) in items.enumerated() {
      let start = size * row(of: memberships[item])
      for offset in 0..<size { sums[start + offset] += values[place * size + offset] }
    }
  }

  private mutating func row(of group: Int) -> Int {
    if let row = rows[group] { return row }
    rows[group] = seen.count
    seen.append(group)
    sums.append(contentsOf: repeatElement(0, count: subheads * clusters))
    return seen.count - 1
  }

  /// The clusters of all groups that were seen.
  func assignments() -> GroupAssignments {
    let groups = seen.sorted()
    let best = (0..<subheads).map { subhead in
      groups.map { group in
        let start = ((rows[group] ?? 0) * subheads + subhead) * clusters
        return (0..<clusters).max { sums[start + $0] < sums[start + $1] } ?? 0
      }
    }
    return GroupAssignments(groups: groups, clusters: best)
  }
}
