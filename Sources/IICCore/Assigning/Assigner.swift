public import Files
public import Torch

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
  private let network: ClusteringNetwork
  private let configuration: ExperimentConfiguration
  private let subhead: Int
  private let consensus: Consensus?
  private let auxiliarySubhead: Int

  private var head: HeadConfiguration { configuration.heads.main }

  /// Prepares a run. Throws if it clusters places rather than items, has no such sub-head, or no consensus.
  public init(_ model: RunModel, by choice: Choice = .run) throws {
    let head = model.configuration.heads.main
    guard !model.network.isDense else {
      throw UserError(
        "\(model.folder.path): found a run that clusters the places of items; use segment for such runs")
    }
    let (chosen, problem) = model.subhead
    var warnings = choice == .run ? [problem].compactMap { $0 } : []
    switch choice {
    case .run, .consensus: subhead = chosen ?? 0
    case .subhead(let number):
      guard (0..<head.subheads).contains(number) else {
        throw UserError("--subhead: found \(number); expected 0 to \(head.subheads - 1)")
      }
      subhead = number
    }
    consensus = try choice == .consensus ? model.consensus() : nil
    auxiliarySubhead = model.configuration.heads.auxiliary?.subhead(beside: subhead) ?? 0
    // The consensus has the numbers of the run's sub-head.
    let edits = try model.edits(subhead: subhead)
    if choice == .consensus, edits.clusters.isSplit {
      throw UserError(
        "--consensus: a cluster was split, which is of one sub-head alone; undo that with edit --undo")
    }
    clusters = edits.clusters
    warnings += edits.warnings
    if model.configuration.evaluation.statistics == .batch {
      warnings.append(
        "evaluation.statistics: batch: batch normalisation goes by the training's averages here, so that no item's label "
          + "depends on others; the run's own assignments were made by the statistics of batches")
    }
    self.warnings = warnings
    (network, configuration) = (model.network, model.configuration)
  }

  /// Labels items by a network that was trained in Swift, without a run folder.
  public init(_ network: ClusteringNetwork, _ configuration: ExperimentConfiguration, subhead: Int) {
    (self.network, self.configuration, self.subhead) = (network, configuration, subhead)
    (consensus, warnings) = (nil, [])
    auxiliarySubhead = configuration.heads.auxiliary?.subhead(beside: subhead) ?? 0
    clusters = EditedClusters(main: configuration.heads.main.clusters)
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
    let views = try configuration.modality.evaluationViews(of: samples.to(configuration.training.device))
    let names = [head.name] + (clusters.isSplit ? [HeadsConfiguration.auxiliary] : [])
    var sums: [String: Tensor] = [:]
    for view in views {
      let outputs = try network.outputs(
        network.features(view, .evaluation), .evaluation, of: names, view: view)
      for (name, part) in outputs { sums[name] = try sums[name].map { try $0 + part } ?? part }
    }
    /// The sums over views of a head's probabilities; nil if there are none.
    func values(_ name: String, _ subheads: Range<Int>) throws -> [Float]? {
      try sums[name]?.sliced(0..<count).sliced(subheads, along: 1).contiguous().floats()
    }
    let chosen = consensus == nil ? subhead..<(subhead + 1) : 0..<head.subheads
    guard let main = try values(head.name, chosen) else {
      throw TorchError(
        operation: "assign", message: "the modality gave no view, or the network no head \(head.name)")
    }
    let scale = 1 / Float(views.count)
    if let consensus { return labels(main, count, consensus, scale) }
    let auxiliary = try values(HeadsConfiguration.auxiliary, auxiliarySubhead..<(auxiliarySubhead + 1))
    return self.labels(main, auxiliary, count, scale)
  }

  /// The labels of `count` items by one sub-head's probabilities `[count, K]` and the auxiliary one's, once scaled.
  private func labels(_ likely: [Float], _ auxiliary: [Float]?, _ count: Int, _ scale: Float) -> [ItemLabel] {
    let (width, other) = (likely.count / count, (auxiliary?.count ?? 0) / count)
    let places = Dictionary(uniqueKeysWithValues: zip(clusters.numbers, 0...))
    return (0..<count).map { item in
      let main = likely[(item * width)..<((item + 1) * width)]
      let aside = auxiliary?[(item * other)..<((item + 1) * other)] ?? []
      let cluster = clusters.cluster(main: Self.largest(main), auxiliary: Self.largest(aside))
      let values = clusters.probabilities(main: main.map { $0 * scale }, auxiliary: aside.map { $0 * scale })
      return Self.label(cluster, at: places[cluster] ?? 0, values)
    }
  }

  /// The labels of `count` items by all sub-heads' probabilities `[count, S, K]`, once scaled.
  private func labels(_ likely: [Float], _ count: Int, _ consensus: Consensus, _ scale: Float) -> [ItemLabel] {
    let (width, part) = (head.clusters, scale / Float(head.subheads))
    return (0..<count).map { item in
      var mean = [Float](repeating: 0, count: width)
      var votes: [Int] = []
      for subhead in 0..<head.subheads {
        let start = (item * head.subheads + subhead) * width
        let row = likely[start..<(start + width)]
        votes.append(Self.largest(row))
        for (cluster, value) in row.enumerated() {
          mean[consensus.numbering[subhead][cluster]] += value * part
        }
      }
      let own = consensus.cluster(of: votes).cluster
      let cluster = clusters.cluster(main: own)
      let place = clusters.numbers.firstIndex(of: cluster) ?? 0
      return Self.label(cluster, at: place, clusters.probabilities(main: mean, auxiliary: []))
    }
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
