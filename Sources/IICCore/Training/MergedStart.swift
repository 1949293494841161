import Torch

/// Lets the main head begin with the auxiliary head's clusters, merged.
///
/// Random initial clusters often end where one holds two classes and another none, from which small steps do not
/// lead away. The auxiliary head has clusters to spare and tells such classes apart; merged by what their pairs say,
/// its clusters are a start on the right side.
struct MergedStart: Sendable {
  /// At most so many items are looked at, so that the start costs little beside an epoch of large data.
  private static let itemLimit = 20_000

  private let main: HeadConfiguration
  private let auxiliary: HeadConfiguration
  private let items: [Int]
  private let itemsPerStep: Int
  private let repeats: Int

  /// The start of a manifest whose main head asks for it; nil for others. `items` are those of the main head.
  init?(_ heads: HeadsConfiguration, _ training: TrainingConfiguration, items: [Int]) {
    // In a run too short for the auxiliary head to learn first there is nothing to begin with.
    guard heads.main.startFrom == .auxiliary, heads.main.startEpoch(of: training.epochs) > 0,
      let auxiliary = heads.auxiliary
    else { return nil }
    main = heads.main
    self.auxiliary = auxiliary
    self.items = items
    itemsPerStep = training.itemsPerStep / training.pieces
    repeats = training.repeats
  }

  /// Gives the main head its first clusters; `random` is the stream of the epoch that it begins in.
  ///
  /// `check` is called every second or so; what it throws ends the start, with the network as it was.
  func begin(
    _ network: ClusteringNetwork, source: PairSource, objective: any Objective, random: RandomStream,
    check: () throws -> Void = {}
  ) throws {
    guard let joints = try joints(network, source, objective, random.child("merging"), check) else { return }
    let merged = try (0..<main.subheads).map { subhead in
      try ClusterMerging(
        joint: joints.sliced(subhead..<(subhead + 1)).doubles(), into: main.clusters, lambda: main.lambda,
        check: check)
    }
    try network.start(main.name, from: auxiliary.name, merged)
  }

  /// The auxiliary head's joint over pairs of views, of as many sub-heads as the main head has: `[S, K', K']`.
  private func joints(
    _ network: ClusteringNetwork, _ source: PairSource, _ objective: any Objective, _ random: RandomStream,
    _ check: () throws -> Void
  ) throws -> Tensor? {
    // An objective that has no joint trains clusters all the same, which pairs say how to merge.
    let summed = objective as? any SummedObjective ?? ClusteringObjective([auxiliary])
    let sampler = EpochSampler(items: items, batchSize: itemsPerStep, random: random)
    let steps = min(sampler.count, max(1, Self.itemLimit / itemsPerStep))
    return try withoutGradients { () throws -> Tensor? in
      var sum: Tensor?
      for step in 0..<steps {
        try check()
        let pairs = try source.pairs(of: sampler[step], repeats: repeats, random: random.child("views", step))
        let outputs = try network.outputs(pairs, .batchStatistics, of: [auxiliary.name])
        guard let joint = try summed.joint(of: auxiliary.name, outputs)?.sliced(0..<main.subheads) else { continue }
        sum = if let sum { try sum + joint } else { joint }
      }
      return sum
    }
  }
}
