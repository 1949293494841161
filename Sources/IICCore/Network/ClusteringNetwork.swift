public import Torch

/// What a network makes of one side of a batch of pairs.
public struct SideOutputs {
  /// The features `[n, F]` that its encoder gives, float32.
  public let features: Tensor
  /// The probabilities `[n, S, K]` of each head that was asked for, by its name.
  public let heads: [String: Tensor]

  /// Puts together what an objective sees of a side.
  public init(features: Tensor, heads: [String: Tensor]) {
    self.features = features
    self.heads = heads
  }
}

/// What a network makes of a batch of pairs: all that an objective sees.
public struct PairOutputs {
  /// The views of the pairs.
  public let views: ViewPair
  /// What it makes of the n base views.
  public let base: SideOutputs
  /// What it makes of the r n transformed views.
  public let transformed: SideOutputs

  /// Puts together what an objective sees.
  public init(views: ViewPair, base: SideOutputs, transformed: SideOutputs) {
    self.views = views
    self.base = base
    self.transformed = transformed
  }
}

/// An encoder under several cluster heads.
///
/// Between them each feature is moved and scaled to mean 0 and deviation 1 over the batch, by running statistics once the
/// network is used. An encoder that ends in a mean over places or time gives features that hardly differ between items
/// beside what they have in common; heads on them begin, and may stay, with one cluster for all.
public final class ClusteringNetwork {
  private let encoder: FeatureEncoder
  private let normalisation: FeatureNormalisation?
  private let heads: [(name: String, head: ClusterHead, rate: Double)]
  /// Where it computes, and what it is shown must be.
  private let device: Device
  private let precision: Precision

  /// Puts heads on an encoder; their initial weights are drawn from `generator`. `normalise` puts the normalisation
  /// between them. All of it, the encoder too, moves to `device`.
  public init(
    encoder: FeatureEncoder, heads: [HeadConfiguration], normalise: Bool = true, device: Device = .cpu,
    precision: Precision, generator: RandomGenerator
  ) throws(TorchError) {
    self.encoder = encoder
    self.device = device
    self.precision = precision
    var made: [(name: String, head: ClusterHead, rate: Double)] = []
    for configuration in heads {
      let head = try ClusterHead(configuration, features: encoder.featureCount, generator: generator)
      made.append((configuration.name, head, configuration.rate))
    }
    self.heads = made
    normalisation = normalise ? try FeatureNormalisation(features: encoder.featureCount) : nil
    for entry in state { try entry.tensor.move(to: device) }
  }

  /// F, the number of features of an item.
  public var featureCount: Int { encoder.featureCount }

  /// The file with which the encoder begins; nil if its weights are drawn.
  var initialWeights: InitialWeights? { encoder.initialWeights }

  /// Takes the encoder's weights from that file, if there is one.
  func takeInitialWeights() throws { try encoder.takeInitialWeights() }

  /// The features `[n, F]` of views, float32, as the encoder gives them.
  public func features(_ view: View, _ pass: Pass) throws(TorchError) -> Tensor {
    try precision.autocast(on: device) { () throws(TorchError) in
      try encoder.layer(view.values, pass)
    }.to(.float32)
  }

  /// The features of both sides of a batch of pairs; weights are cast to the precision once for both.
  private func features(_ pair: ViewPair, _ pass: Pass) throws(TorchError) -> (base: Tensor, transformed: Tensor) {
    try precision.autocast(on: device) { () throws(TorchError) in
      (try features(pair.base, pass), try features(pair.transformed, pass))
    }
  }

  /// What heads take of features `[n, F]`: `[n, F]`, normalised unless the network was made without.
  public func headInputs(_ features: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    try normalisation?(features, pass) ?? features
  }

  /// The probabilities `[n, S, K]` of each head named in `names` for features `[n, F]`, or of every head.
  public func outputs(_ features: Tensor, _ pass: Pass, of names: [String]? = nil) throws(TorchError) -> [String:
    Tensor]
  {
    let inputs = try headInputs(features, pass)
    var outputs: [String: Tensor] = [:]
    for (name, head, _) in heads where names?.contains(name) ?? true { outputs[name] = try head(inputs, pass) }
    return outputs
  }

  /// What it makes of both sides of a batch of pairs, by the heads named in `names` or by every head.
  ///
  /// Each base view passes once, however many transformed views it has. The two sides pass apart: batch
  /// statistics of one copy equal those of r copies, so loss and gradients are those of passing r copies.
  public func outputs(_ pair: ViewPair, _ pass: Pass, of names: [String]? = nil) throws(TorchError) -> PairOutputs {
    let (base, transformed) = try features(pair, pass)
    return PairOutputs(
      views: pair, base: SideOutputs(features: base, heads: try outputs(base, pass, of: names)),
      transformed: SideOutputs(features: transformed, heads: try outputs(transformed, pass, of: names)))
  }

  /// Gives one head the clusters of another, merged: `merged[s]` says how for sub-head s.
  func start(_ name: String, from other: String, _ merged: [ClusterMerging]) throws(TorchError) {
    let named = Dictionary(uniqueKeysWithValues: heads.map { ($0.name, $0.head) })
    guard let head = named[name], let source = named[other] else {
      throw TorchError(operation: "ClusteringNetwork.start", message: "no head named \(name) or \(other)")
    }
    try head.start(from: source, merged)
  }

  /// Every parameter and running statistic: `encoder.…`, `normalisation.…`, `heads.main.…`.
  public var state: [NamedTensor] {
    encoder.layer.state(under: "encoder") + (normalisation?.state(under: "normalisation") ?? [])
      + heads.flatMap { $0.head.state(under: "heads.\($0.name)") }
  }

  /// The tensors that an optimiser moves.
  public var parameters: [Tensor] { state.filter(\.isParameter).map(\.tensor) }

  /// The same in the same order, by the factors of their rate: the encoder's, then each head's.
  public var parameterGroups: [ParameterGroup] {
    [ParameterGroup(encoder.layer.parameters)]
      + heads.map { ParameterGroup($0.head.parameters, rate: $0.rate) }
  }
}
