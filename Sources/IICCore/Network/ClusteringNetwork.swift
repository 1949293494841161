public import Torch

/// An encoder under several cluster heads. Where the two sides of pairs are of two kinds of data, each has an encoder of its
/// own under the same heads.
///
/// Between them each feature is moved and scaled to mean 0 and deviation 1 over the batch, by running statistics once the
/// network is used. An encoder that ends in a mean over places or time gives features that hardly differ between items
/// beside what they have in common; heads on them begin, and may stay, with one cluster for all.
public final class ClusteringNetwork {
  /// What is under the heads.
  private struct Trunk {
    let encoder: FeatureEncoder
    let normalisation: FeatureNormalisation?

    init(_ encoder: FeatureEncoder, normalise: Bool) throws(TorchError) {
      self.encoder = encoder
      normalisation = normalise ? try FeatureNormalisation(features: encoder.featureCount) : nil
    }
  }

  private let base: Trunk
  /// That of the transformed views, if it is another.
  private let transformed: Trunk?
  private let heads: [(name: String, head: ClusterHead, rate: Double)]
  /// Where it computes, and what it is shown must be.
  private let device: Device
  private let precision: Precision
  private var isFrozen: (String) -> Bool = { _ in false }
  private let learning: TrunkConfiguration

  /// Puts heads on an encoder; their initial weights are drawn from `generator`. All of it moves to `device`.
  ///
  /// - Parameters:
  ///   - transformedEncoder: what the transformed views pass through instead, where they are of another kind of data. It
  ///     must have as many features.
  ///   - normalise: whether features are normalised before the heads.
  ///   - trunk: what the encoders begin with, and how they learn.
  public init(
    encoder: FeatureEncoder, transformedEncoder: FeatureEncoder? = nil, heads: [HeadConfiguration],
    normalise: Bool = true, trunk: TrunkConfiguration = TrunkConfiguration(), device: Device = .cpu,
    precision: Precision, generator: RandomGenerator
  ) throws(TorchError) {
    learning = trunk
    trunkWeights = trunk.weights.map { InitialWeights($0, ignoring: trunk.isIgnored) }
    if let transformedEncoder, transformedEncoder.featureCount != encoder.featureCount {
      throw TorchError(
        operation: "ClusteringNetwork",
        message:
          "found encoders of \(encoder.featureCount) and \(transformedEncoder.featureCount) features; expected as "
          + "many of both, since they share their heads")
    }
    base = try Trunk(encoder, normalise: normalise)
    transformed = try transformedEncoder.map { (encoder) throws(TorchError) in
      try Trunk(encoder, normalise: normalise)
    }
    self.device = device
    self.precision = precision
    var made: [(name: String, head: ClusterHead, rate: Double)] = []
    for configuration in heads {
      let head = try ClusterHead(configuration, features: encoder.featureCount, generator: generator)
      made.append((configuration.name, head, configuration.rate))
    }
    self.heads = made
    for entry in state { try entry.tensor.move(to: device) }
  }

  private func trunk(_ side: PairSide) -> Trunk { side == .base ? base : transformed ?? base }

  /// F, the number of features of an item.
  public var featureCount: Int { base.encoder.featureCount }

  /// Whether it clusters the places of maps rather than items.
  public var isDense: Bool { base.encoder.isDense }

  /// The file with which the encoder begins; nil if its weights are drawn.
  var initialWeights: InitialWeights? { trunkWeights ?? base.encoder.initialWeights }

  /// The file that the encoders and their normalisation are taken from; nil if there is none.
  var trunkWeights: InitialWeights?

  /// Takes the encoders' weights from their files, where there are some.
  func takeInitialWeights() throws {
    if let trunkWeights { return try trunkWeights.read(into: trunkState.filter { !learning.isIgnored($0.name) }) }
    try base.encoder.takeInitialWeights()
    try transformed?.encoder.takeInitialWeights()
  }
}

extension ClusteringNetwork {
  /// The features of views, float32, as the side's encoder gives them: `[n, F]`, of a dense one `[n, F, h, w]`, where
  /// series have h 1.
  public func features(_ view: View, _ pass: Pass, of side: PairSide = .base) throws(TorchError) -> Tensor {
    let encoder = trunk(side).encoder
    let pass = trunkPass(pass)
    let features = try precision.autocast(on: device) { () throws(TorchError) in
      guard learning.isFrozen else { return try encoder.layer(view.values, pass) }
      return try withoutGradients { () throws(TorchError) in try encoder.layer(view.values, pass) }
    }.to(.float32)
    guard encoder.isDense else { return features }
    return features.shape.count == 3 ? try features.asMap() : features
  }

  /// The features of both sides of a batch of pairs; weights are cast to the precision once for both.
  private func features(_ pair: ViewPair, _ pass: Pass) throws(TorchError) -> (base: Tensor, transformed: Tensor) {
    try precision.autocast(on: device) { () throws(TorchError) in
      (try features(pair.base, pass), try features(pair.transformed, pass, of: .transformed))
    }
  }

  /// The pass of encoders and their normalisation: those that keep their running statistics learn as they are used.
  private func trunkPass(_ pass: Pass) -> Pass {
    pass.movesStatistics && learning.statistics == .running ? Pass(.evaluation, processes: pass.processes) : pass
  }

  /// What heads take of a side's features `[n, F]`: `[n, F]`, normalised unless the network was made without.
  public func headInputs(_ features: Tensor, _ pass: Pass, of side: PairSide = .base) throws(TorchError) -> Tensor {
    try trunk(side).normalisation?(features, trunkPass(pass)) ?? features
  }

  /// The probabilities of each head named in `names`, or of every head, for a side's features: `[n, S, K]`, of a dense
  /// network `[n, S, K, h, w]`, or with the `view` that the features are of, brought bilinearly to its size.
  public func outputs(
    _ features: Tensor, _ pass: Pass, of names: [String]? = nil, side: PairSide = .base, view: View? = nil
  ) throws(TorchError) -> [String: Tensor] {
    let inputs = try headInputs(features, pass, of: side)
    var outputs: [String: Tensor] = [:]
    for (name, head, _) in heads where names?.contains(name) ?? true {
      let output = try head(inputs, pass)
      outputs[name] = if isDense, let view { try output.enlarged(to: view) } else { output }
    }
    return outputs
  }

  /// The sums over views of the same items of the probabilities of the heads named in `names`, as `outputs` has them. Throws
  /// if there is no view, or no such head.
  public func probabilities(
    _ views: [View], _ pass: Pass, of names: [String]
  ) throws(TorchError) -> [String: Tensor] {
    var sums: [String: Tensor] = [:]
    for view in views {
      for (name, part) in try outputs(features(view, pass), pass, of: names, view: view) {
        sums[name] = if let sum = sums[name] { try sum + part } else { part }
      }
    }
    guard !views.isEmpty else { throw TorchError(operation: "evaluate", message: "the modality gave no view") }
    if let missing = names.first(where: { sums[$0] == nil }) {
      throw TorchError(operation: "evaluate", message: "no head named \(missing)")
    }
    return sums
  }

  /// What it makes of both sides of a batch of pairs, by the heads named in `names` or by every head.
  ///
  /// Each base view passes once, however many transformed views it has. The two sides pass apart: batch
  /// statistics of one copy equal those of r copies, so loss and gradients are those of passing r copies.
  public func outputs(_ pair: ViewPair, _ pass: Pass, of names: [String]? = nil) throws(TorchError) -> PairOutputs {
    let (base, transformed) = try features(pair, pass)
    let heads = try outputs(base, pass, of: names, view: pair.base)
    return PairOutputs(
      views: pair, base: SideOutputs(features: base, heads: heads),
      transformed: SideOutputs(
        features: transformed,
        heads: try outputs(transformed, pass, of: names, side: .transformed, view: pair.transformed)))
  }

  /// K of a head; nil if there is none of the name.
  func clusterCount(of name: String) -> Int? { heads.first { $0.name == name }?.head.clusters }

  /// Draws the weights of a head anew, as an objective may ask for at the beginning of an epoch.
  func reset(_ name: String, generator: RandomGenerator) throws(TorchError) {
    guard let head = heads.first(where: { $0.name == name })?.head else {
      throw TorchError(operation: "ClusteringNetwork.reset", message: "no head named \(name)")
    }
    try head.reset(generator: generator)
  }

  /// Gives one head the clusters of another, merged: `merged[s]` says how for sub-head s.
  func start(_ name: String, from other: String, _ merged: [ClusterMerging]) throws(TorchError) {
    let named = Dictionary(uniqueKeysWithValues: heads.map { ($0.name, $0.head) })
    guard let head = named[name], let source = named[other] else {
      throw TorchError(operation: "ClusteringNetwork.start", message: "no head named \(name) or \(other)")
    }
    try head.start(from: source, merged)
  }
}

extension ClusteringNetwork {
  /// Every parameter and running statistic: `encoder.…`, `normalisation.…`, those of a second encoder below
  /// `transformed.`, and `heads.main.…`.
  public var state: [NamedTensor] {
    trunkState + heads.flatMap { $0.head.state(under: "heads.\($0.name)") }
  }

  /// That of what is under the heads.
  private var trunkState: [NamedTensor] {
    Self.state(of: base) + (transformed.map(Self.state) ?? []).map { $0.prefixed("transformed") }
  }

  private static func state(of trunk: Trunk) -> [NamedTensor] {
    trunk.encoder.layer.state(under: "encoder") + (trunk.normalisation?.state(under: "normalisation") ?? [])
  }

  /// Keeps the parameters whose names `isFrozen` accepts as they are. Running statistics move all the same. An optimiser
  /// is made afterwards.
  public func freeze(_ isFrozen: @escaping (String) -> Bool) { self.isFrozen = isFrozen }

  /// The parameters that an optimiser moves, in the order of its groups.
  var trainable: [NamedTensor] {
    state.filter { $0.isParameter && !isFrozen($0.name) && !learning.isFrozen($0.name) }
  }

  /// The tensors that an optimiser moves.
  public var parameters: [Tensor] { trainable.map(\.tensor) }

  /// The same in the same order, by the factors of their rate: the encoders', then each head's.
  public var parameterGroups: [ParameterGroup] {
    let all = trainable
    func group(_ prefix: String, rate: Double = 1) -> ParameterGroup {
      ParameterGroup(all.filter { $0.name.hasPrefix(prefix) }.map(\.tensor), rate: rate)
    }
    let trunks = ParameterGroup(all.filter { !$0.name.hasPrefix("heads.") }.map(\.tensor), rate: learning.rate)
    return [trunks] + heads.map { group("heads.\($0.name).", rate: $0.rate) }
  }
}

extension Tensor {
  /// Features of series `[n, F, l]` as maps of height 1.
  fileprivate func asMap() throws(TorchError) -> Tensor { try reshaped([shape[0], shape[1], 1, shape[2]]) }

  /// Probabilities `[n, S, K, h, w]` at the places of a view `[n, C, H, W]`, or `[n, C, W]`: `[n, S, K, H, W]`.
  fileprivate func enlarged(to view: View) throws(TorchError) -> Tensor {
    let (shape, places) = (self.shape, view.values.shape.dropFirst(2))
    let (height, width) = (places.count > 1 ? places.dropLast().last ?? 1 : 1, places.last ?? 1)
    guard [height, width] != shape.suffix(2) else { return self }
    let flat = try reshaped([shape[0], shape[1] * shape[2], shape[3], shape[4]])
    return try flat.resizedBilinearly(height: height, width: width)
      .reshaped([shape[0], shape[1], shape[2], height, width])
  }
}
