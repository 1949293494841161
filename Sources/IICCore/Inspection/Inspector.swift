public import Torch

/// Looks at what a manifest would train before it is trained.
public struct Inspector {
  let experiment: Experiment
  private let random: RandomStream
  private let items: [Int]

  /// So many pairs are compared first. If they leave it open whether pairs are alike, more are: of so many the area
  /// that decides is known to 0.02. At most so many values of their views are held in memory.
  private static let fewPairs = 256, manyPairs = 1536, valueLimit = 1 << 25

  /// Prepares to look at an experiment. Throws if its data does not allow it to be trained.
  public init(_ experiment: Experiment) throws {
    self.experiment = experiment
    random = RandomStream(seed: experiment.configuration.training.seed).child("inspection")
    let items = try experiment.dataset.items(in: experiment.configuration.heads.main.parts, key: "heads.main.parts")
    self.items = experiment.dataset.partners.map { items.filter($0.has) } ?? items
  }

  /// What the data is.
  public func data() throws -> DataSummary {
    try DataSummary(experiment.dataset, trained: items.count, modality: experiment.configuration.modality)
  }

  /// Pairs as training would draw them: `count` items, or fewer if there are not as many, with `repeats`
  /// transformed views each.
  public func examples(_ count: Int, repeats: Int = 1) throws(TorchError) -> ViewPair {
    var numbers = random.child("items").numbers()
    let chosen = numbers.shuffled(items).prefix(count)
    let source = PairSource(
      experiment.configuration.modality, experiment.dataset, device: experiment.configuration.training.device)
    return try source.pairs(of: chosen, repeats: repeats, random: random.child("views"))
  }

  /// How alike paired views are against random ones; nil if there are fewer than eight items.
  public func pairs() throws -> PairInspection? {
    guard items.count >= 8 else { return nil }
    let limit = try min(items.count, max(8, Self.valueLimit / max(1, examples(1).base.values.count)))
    let found = try inspection(of: min(Self.fewPairs, limit))
    guard !found.isSettled, limit > Self.fewPairs else { return found }
    return try inspection(of: min(Self.manyPairs, limit))
  }

  private func inspection(of count: Int) throws -> PairInspection {
    try withoutGradients { () throws in
      let pair = try examples(count)
      let network = try experiment.makeNetwork(random: random.child("weights"))
      let (one, other) = (try features(pair.base, of: network), try features(pair.transformed, of: network))
      return try PairInspection(
        base: pair.base.values.to(.cpu), transformed: pair.transformed.values.to(.cpu),
        features: PairLikeness(one.to(.cpu), other.to(.cpu)),
        spread: FeatureSpread(network.headInputs(one, .training)))
    }
  }

  /// Features `[n, F]`, of maps their means, in pieces no larger than a training step, so that they need no more memory.
  ///
  /// The statistics of a piece normalise it: a new network has no running ones that fit the data.
  private func features(_ view: View, of network: ClusteringNetwork) throws(TorchError) -> Tensor {
    let count = view.count
    let pieces = (count - 1) / max(8, experiment.configuration.training.batch) + 1
    var parts: [Tensor] = []
    for piece in 0..<pieces {
      let range = (piece * count / pieces)..<((piece + 1) * count / pieces)
      let features = try network.features(View(view.values.sliced(range)), .training)
      parts.append(network.isDense ? try features.mean([2, 3]) : features)
    }
    return try .concatenated(parts, along: 0)
  }
}
