public import Torch

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
  public func features(_ view: View, _ mode: Mode) throws(TorchError) -> Tensor {
    try precision.autocast(on: device) { () throws(TorchError) in
      try encoder.layer(view.tensor, mode)
    }.to(.float32)
  }

  /// The features of both sides of a batch of pairs; weights are cast to the precision once for both.
  private func features(_ pair: ViewPair, _ mode: Mode) throws(TorchError) -> (base: Tensor, transformed: Tensor) {
    try precision.autocast(on: device) { () throws(TorchError) in
      (try features(pair.base, mode), try features(pair.transformed, mode))
    }
  }

  /// What heads take of features `[n, F]`: `[n, F]`, normalised unless the network was made without.
  public func headInputs(_ features: Tensor, _ mode: Mode) throws(TorchError) -> Tensor {
    try normalisation?(features, mode) ?? features
  }

  /// The probabilities `[n, S, K]` of each head named in `names` for features `[n, F]`, or of every head.
  public func outputs(_ features: Tensor, _ mode: Mode, of names: [String]? = nil) throws(TorchError) -> Outputs {
    let inputs = try headInputs(features, mode)
    var outputs: Outputs = [:]
    for (name, head, _) in heads where names?.contains(name) ?? true { outputs[name] = try head(inputs, mode) }
    return outputs
  }

  /// The outputs for both sides of a batch of pairs.
  ///
  /// Each base view passes once, however many transformed views it has. The two sides pass apart: batch
  /// statistics of one copy equal those of r copies, so loss and gradients are those of passing r copies.
  public func outputs(
    _ pair: ViewPair, _ mode: Mode, of names: [String]? = nil
  ) throws(TorchError) -> (base: Outputs, transformed: Outputs) {
    let features = try features(pair, mode)
    return (try outputs(features.base, mode, of: names), try outputs(features.transformed, mode, of: names))
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
