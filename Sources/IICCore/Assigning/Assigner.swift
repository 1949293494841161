import Files
import Torch

/// What a run says of an item.
public struct ItemLabel: Sendable, Equatable {
  /// The number of its cluster, as edits leave it.
  public var cluster: Int
  /// The probability of that cluster.
  public var probability: Float
  /// By how much that exceeds the probability of the likeliest other one; negative where clusters were merged, each of which
  /// is less likely than the item's but not both.
  public var margin: Float
  /// The probability of each cluster, in the order of the clusters' numbers.
  public var probabilities: [Float]
}

/// Gives items their clusters by a finished run.
///
/// The same item gets the same label bit for bit on whatever other items are beside it, in float32 on a CPU: items pass
/// through the network in batches of one size.
public struct Assigner {
  /// By which sub-head.
  public enum Choice: Sendable, Equatable {
    /// The one whose clusters are the run's.
    case run
    /// One by its number.
    case subhead(Int)
    /// The consensus of all of them.
    case consensus
  }

  /// The clusters, as edits leave them.
  public let clusters: EditedClusters
  /// What the user should know, a line each.
  public let warnings: [String]
  /// The run's own network first.
  private let members: [Member]
  private let auxiliarySubhead: Int

  /// A network, and those of its sub-heads that are asked.
  private struct Member {
    let network: ClusteringNetwork
    let configuration: ExperimentConfiguration
    /// Each with the number of each of its clusters.
    let subheads: [(index: Int, numbers: [Int])]
  }

  /// Prepares a run and, with `others`, runs over the same items whose sub-heads have their say as well: an item's cluster is
  /// then the one that most of all sub-heads give it, by the first run's numbers.
  ///
  /// Throws if a run clusters places rather than items, has no such sub-head, or no consensus.
  public init(_ model: RunModel, by choice: Choice = .run, with others: [RunModel] = []) throws {
    let head = model.configuration.heads.main
    for run in [model] + others where run.network.isDense {
      throw UserError(
        "\(run.folder.path): found a run that clusters the places of items; use segment for such runs")
    }
    let (chosen, problem) = model.subhead
    let isConsensus = choice == .consensus || !others.isEmpty
    var warnings = choice == .run ? [problem].compactMap { $0 } : []
    var subhead = chosen ?? 0
    if case .subhead(let number) = choice {
      guard (0..<head.subheads).contains(number) else {
        throw UserError("--subhead: found \(number); expected 0 to \(head.subheads - 1)")
      }
      subhead = number
    }
    auxiliarySubhead = model.configuration.heads.auxiliary?.subhead(beside: subhead) ?? 0
    // The consensus has the numbers of the run's sub-head.
    let edits = try model.edits(subhead: subhead)
    if isConsensus, edits.clusters.isSplit {
      throw UserError(
        "\(model.folder.path): a cluster was split, which is of one sub-head alone; undo that with edit --undo, or ask for "
          + "no consensus")
    }
    clusters = edits.clusters
    warnings += edits.warnings
    for run in [model] + others where run.configuration.evaluation.statistics == .batch {
      warnings.append(
        "\(run.folder.path), evaluation.statistics: batch: batch normalisation goes by the training's averages here, so that "
          + "no item's label depends on others; the run's own assignments were made by the statistics of batches")
    }
    self.warnings = warnings
    let own = isConsensus ? try model.numberings() : [(subhead, Array(0..<head.clusters))]
    members =
      [Member(network: model.network, configuration: model.configuration, subheads: own)]
      + (try others.map { run in
        let numbers = try run.numbers(like: model)
        return Member(
          network: run.network, configuration: run.configuration,
          subheads: try run.numberings().map { ($0.index, $0.numbers.map { numbers[$0] }) })
      })
  }

  /// Labels items by a network that was trained in Swift, without a run folder.
  public init(_ network: ClusteringNetwork, _ configuration: ExperimentConfiguration, subhead: Int) {
    let count = configuration.heads.main.clusters
    members = [
      Member(network: network, configuration: configuration, subheads: [(subhead, Array(0..<count))])
    ]
    warnings = []
    auxiliarySubhead = configuration.heads.auxiliary?.subhead(beside: subhead) ?? 0
    clusters = EditedClusters(main: count)
  }

  /// The labels of items of a dataset of the run's kind, in order.
  public func labels(of items: ArraySlice<Int>, in dataset: Dataset) throws -> [ItemLabel] {
    try withoutGradients { () throws in
      var labels: [ItemLabel] = []
      labels.reserveCapacity(items.count)
      for indices in dataset.description.pieces(of: Array(items)) {
        labels += try self.labels(of: dataset.batch(at: indices), count: indices.count)
      }
      return labels
    }
  }

  /// The labels of the first `count` of a batch of samples.
  private func labels(of samples: Tensor, count: Int) throws -> [ItemLabel] {
    let width = members[0].configuration.heads.main.clusters
    let voters = members.reduce(0) { $0 + $1.subheads.count }
    var votes = [[Int]](repeating: [], count: count)
    var means = [Float](repeating: 0, count: count * width)
    var auxiliary: [Float] = []
    for (place, member) in members.enumerated() {
      let asksAuxiliary = place == 0 && clusters.isSplit
      let configuration = member.configuration
      let views = try configuration.modality.evaluationViews(of: samples.to(configuration.training.device))
      let names = [HeadsConfiguration.main] + (asksAuxiliary ? [HeadsConfiguration.auxiliary] : [])
      let sums = try member.network.probabilities(views, .evaluation, of: names)
      let scale = 1 / Float(views.count)
      for (subhead, numbers) in member.subheads {
        let likely = try values(sums[HeadsConfiguration.main], subhead, count)
        for item in 0..<count {
          let row = likely[(item * width)..<((item + 1) * width)]
          votes[item].append(numbers[Self.largest(row)])
          for (cluster, value) in row.enumerated() {
            means[item * width + numbers[cluster]] += value * scale / Float(voters)
          }
        }
      }
      if asksAuxiliary {
        auxiliary = try values(sums[HeadsConfiguration.auxiliary], auxiliarySubhead, count).map { $0 * scale }
      }
    }
    let (other, places) = (
      auxiliary.count / count, Dictionary(uniqueKeysWithValues: zip(clusters.numbers, 0...))
    )
    return votes.indices.map { item in
      let aside = auxiliary[(item * other)..<((item + 1) * other)]
      let cluster = clusters.cluster(main: Consensus.vote(votes[item]).cluster, auxiliary: Self.largest(aside))
      let main = means[(item * width)..<((item + 1) * width)]
      return Self.label(cluster, at: places[cluster] ?? 0, clusters.probabilities(main: main, auxiliary: aside))
    }
  }

  /// The values of the first `count` items by a sub-head, `[count, K]`.
  private func values(_ sum: Tensor?, _ subhead: Int, _ count: Int) throws -> [Float] {
    try sum?.sliced(0..<count).sliced(subhead..<(subhead + 1), along: 1).contiguous().floats() ?? []
  }

  private static func label(_ cluster: Int, at place: Int, _ values: [Float]) -> ItemLabel {
    var other: Float = 0
    for (index, value) in values.enumerated() where index != place { other = max(other, value) }
    return ItemLabel(
      cluster: cluster, probability: values[place], margin: values[place] - other, probabilities: values)
  }

  /// The place of the largest value, the first of several; 0 of none.
  private static func largest(_ values: ArraySlice<Float>) -> Int {
    var best = values.startIndex
    for place in values.indices where values[place] > values[best] { best = place }
    return best - values.startIndex
  }
}
