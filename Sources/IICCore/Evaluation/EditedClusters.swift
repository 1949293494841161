public import Files

/// A run's clusters as edits leave them. Without edits they are the K of the network.
///
/// The cluster of an item follows from the network's: by its cluster of the main head alone or, where one was split, by that
/// of the auxiliary head, too.
public struct EditedClusters: Sendable, Equatable {
  /// The longest name, in characters.
  public static let nameLimit = 200

  /// The numbers of the clusters that there are, ascending.
  public private(set) var numbers: [Int]
  /// The names that were given, by number.
  public private(set) var names: [Int: String] = [:]
  /// The colours that were given, `#rrggbb`, by number.
  public private(set) var colours: [Int: String] = [:]
  /// K, the main head's clusters; K', the auxiliary head's, 0 without one.
  private let mainCount, auxiliaryCount: Int
  /// The number of each main cluster `[K]` or, once one was split, of each pair `[K, K']`.
  private var cells: [Int]
  /// The next number that nobody has.
  private var next: Int

  /// The network's own K clusters; `auxiliary` is the number of the auxiliary head's, 0 without one.
  public init(main: Int, auxiliary: Int = 0) {
    (mainCount, auxiliaryCount, next) = (main, auxiliary, main)
    numbers = Array(0..<main)
    cells = numbers
  }

  /// The same with edits. Throws at the first that does not fit.
  public init(main: Int, auxiliary: Int, _ edits: ClusterEdits) throws(UserError) {
    self.init(main: main, auxiliary: auxiliary)
    for edit in edits.edits { try apply(edit) }
  }

  /// Whether the auxiliary head's cluster matters.
  public var isSplit: Bool { cells.count > mainCount }
  /// Whether they are not the network's own.
  public var isEdited: Bool { isRegrouped || !names.isEmpty || !colours.isEmpty }
  /// Whether clusters were merged or split.
  public var isRegrouped: Bool { cells != Array(0..<mainCount) }

  /// The number of the cluster of each main cluster `[K]` or, if one was split, of each main cluster with each auxiliary one
  /// `[K K']`.
  var table: [Int] { cells }

  /// The cluster of an item whose clusters of the two heads are these.
  public func cluster(main: Int, auxiliary: Int = 0) -> Int {
    isSplit ? cells[main * auxiliaryCount + auxiliary] : cells[main]
  }

  /// The probability of each of `numbers`, by those of the two heads' clusters, which are taken to be independent within a
  /// cluster that was split.
  public func probabilities(main: some Collection<Float>, auxiliary: some Collection<Float>) -> [Float] {
    guard isRegrouped else { return Array(main) }
    var sums = [Float](repeating: 0, count: next)
    for (cluster, value) in main.enumerated() {
      guard isSplit else {
        sums[cells[cluster]] += value
        continue
      }
      for (part, share) in auxiliary.enumerated() {
        sums[cells[cluster * auxiliaryCount + part]] += value * share
      }
    }
    return numbers.map { sums[$0] }
  }

  /// Takes one more edit. Throws, and changes nothing, if it does not fit.
  mutating func apply(_ edit: ClusterEdits.Edit) throws(UserError) {
    switch edit {
    case .rename(let cluster, let name):
      try check(cluster)
      try check(name: name, of: cluster)
      names[cluster] = name
    case .merge(let clusters, let name):
      try merge(clusters, name)
    case .split(let cluster, let parts): try split(cluster, parts)
    case .colour(let cluster, let colour):
      try check(cluster)
      guard colour.wholeMatch(of: /#[0-9a-fA-F]{6}/) != nil else {
        throw UserError("found the colour \"\(colour.excerpt(20))\"; expected one like #0072b2")
      }
      colours[cluster] = colour
    }
  }

  /// Throws unless there is such a cluster.
  func check(_ cluster: Int) throws(UserError) {
    guard !numbers.contains(cluster) else { return }
    let list =
      numbers.count > 24 ? "\(numbers.count) from \(numbers[0]) to \(numbers[numbers.count - 1])" : "\(numbers)"
    throw UserError("found cluster \(cluster); the run's clusters are \(list)")
  }

  private func check(name: String, of cluster: Int) throws(UserError) {
    guard !name.isEmpty, name.count <= Self.nameLimit, name.excerpt(Self.nameLimit) == name else {
      throw UserError(
        "found the name \"\(name.excerpt(40))\"; expected 1 to \(Self.nameLimit) characters on one line")
    }
    guard let other = names.first(where: { $0.value == name && $0.key != cluster })?.key else { return }
    throw UserError("cluster \(other) is called \"\(name)\" already; expected names that differ")
  }

  private mutating func merge(_ clusters: [Int], _ name: String?) throws(UserError) {
    for cluster in clusters { try check(cluster) }
    let merged = Set(clusters)
    guard let kept = merged.min(), merged.count == clusters.count, clusters.count > 1 else {
      throw UserError("found \(clusters) to merge; expected two clusters or more, each once")
    }
    guard merged.count < numbers.count else {
      throw UserError(
        "found all \(numbers.count) clusters to merge; expected some that are left, since one tells nothing")
    }
    if let name, !clusters.contains(where: { names[$0] == name }) { try check(name: name, of: kept) }
    for cell in cells.indices where merged.contains(cells[cell]) { cells[cell] = kept }
    numbers.removeAll { merged.contains($0) && $0 != kept }
    let before = names[kept]
    for cluster in clusters { names[cluster] = nil }
    for cluster in clusters where cluster != kept { colours[cluster] = nil }
    names[kept] = name ?? before
  }

  private mutating func split(_ cluster: Int, _ parts: [Int]) throws(UserError) {
    try check(cluster)
    guard auxiliaryCount > 0, parts.count == auxiliaryCount else {
      throw UserError(
        auxiliaryCount == 0
          ? "a cluster is split by the auxiliary head's clusters, and the run has no such head"
          : "found parts of \(parts.count) auxiliary clusters; expected \(auxiliaryCount)")
    }
    let count = (parts.max() ?? 0) + 1
    guard count > 1, Set(parts) == Set(0..<count) else {
      throw UserError("found \(Set(parts).sorted()) for parts; expected two or more, numbered from 0")
    }
    if !isSplit { cells = cells.flatMap { Array(repeating: $0, count: auxiliaryCount) } }
    for cell in cells.indices where cells[cell] == cluster { cells[cell] = next + parts[cell % auxiliaryCount] }
    numbers.removeAll { $0 == cluster }
    numbers += next..<(next + count)
    next += count
    (names[cluster], colours[cluster]) = (nil, nil)
  }
}
