import Foundation
public import Torch

/// S sub-heads of K clusters over shared features: `[n, F]` to probabilities `[n, S, K]`. On maps of features
/// `[n, F, h, w]` it is the same linear map at each place, a convolution of 1 x 1: `[n, S, K, h, w]`.
///
/// The sub-heads differ in their initial weights only. They are one matrix, so that S cost little more than one. A head of
/// items may have a hidden layer before that, which they share: a linear map, batch normalisation and ReLU.
public final class ClusterHead: Layer {
  private let linear: Linear
  /// The hidden layer and its normalisation; nil if there is none.
  private let hidden: (linear: Linear, normalisation: BatchNorm2d)?
  private let subheads: Int
  /// K.
  let clusters: Int
  private let deviation: Double

  /// Makes the head of a configuration.
  public init(
    _ configuration: HeadConfiguration, features: Int, generator: RandomGenerator
  ) throws(TorchError) {
    subheads = configuration.subheads
    clusters = configuration.clusters
    deviation = configuration.deviation
    hidden = try configuration.hidden.map { (width) throws(TorchError) in
      (
        try Linear(
          inputFeatures: features, outputFeatures: width, deviation: Self.hiddenDeviation(features),
          generator: generator), try BatchNorm2d(channels: width, activation: .relu)
      )
    }
    linear = try Linear(
      inputFeatures: configuration.hidden ?? features, outputFeatures: subheads * clusters,
      deviation: configuration.deviation,
      generator: generator)
  }

  /// He's deviation for weights under ReLU, sqrt(2 / F).
  private static func hiddenDeviation(_ features: Int) -> Double { (2 / Double(max(1, features))).squareRoot() }

  public func callAsFunction(_ inputs: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    var features = inputs
    if let hidden {
      guard inputs.shape.count == 2 else {
        throw TorchError(
          operation: "ClusterHead",
          message: "found features of shape \(inputs.shape) under a hidden layer; expected [n, F], of items")
      }
      let wide = try hidden.linear(inputs, pass)
      features = try hidden.normalisation(wide.reshaped(wide.shape + [1, 1]), pass).reshaped(wide.shape)
    }
    guard features.shape.count == 4 else {
      return try linear(features, pass).reshaped([-1, subheads, clusters]).softmax(along: 2)
    }
    let logits = try linear(features.permuted([0, 2, 3, 1]), pass)  // [n, h, w, S K]
    let probabilities = try logits.reshaped(logits.shape.dropLast() + [subheads, clusters]).softmax(along: 4)
    return try probabilities.permuted([0, 3, 4, 1, 2])
  }

  public var state: [NamedTensor] {
    (hidden.map { $0.linear.state(under: "hidden.linear") + $0.normalisation.state(under: "hidden.norm") } ?? [])
      + linear.state
  }

  /// Draws all weights anew.
  func reset(generator: RandomGenerator) throws(TorchError) {
    if let hidden {
      try hidden.linear.reset(deviation: Self.hiddenDeviation(hidden.linear.weight.shape[1]), generator: generator)
      try hidden.normalisation.reset()
    }
    try linear.reset(deviation: deviation, generator: generator)
  }

  /// Takes over another head's clusters, merged: sub-head s becomes what `merged[s]` makes of the other's sub-head s.
  ///
  /// A merged cluster has the probability of its members together, ln sum_c exp(l_c) as a logit. Linear in the
  /// features is its bound by Jensen's inequality, sum_c w_c l_c + H(w), with the members' masses as weights w.
  func start(from other: ClusterHead, _ merged: [ClusterMerging]) throws(TorchError) {
    let (weight, bias) = (try linear.weight.floats(), try linear.bias.floats())
    let (otherWeight, otherBias) = (try other.linear.weight.floats(), try other.linear.bias.floats())
    let features = weight.count / bias.count
    var newWeight = [Float](repeating: 0, count: weight.count)
    var newBias = [Float](repeating: 0, count: bias.count)
    for subhead in 0..<subheads {
      let merging = merged[subhead]
      var totals = [Double](repeating: 0, count: clusters)
      for (cluster, group) in merging.groups.enumerated() { totals[group] += merging.masses[cluster] }
      for (cluster, group) in merging.groups.enumerated() {
        // A group without any mass has no part in what was seen; its members count alike, nearly not at all.
        let share = Float(max(merging.masses[cluster] / max(totals[group], .leastNormalMagnitude), 1e-6))
        let (row, source) = (subhead * clusters + group, subhead * other.clusters + cluster)
        newBias[row] += share * (otherBias[source] - log(share))
        for feature in 0..<features {
          newWeight[row * features + feature] += share * otherWeight[source * features + feature]
        }
      }
    }
    try linear.weight.assign(Tensor(newWeight, shape: linear.weight.shape))
    try linear.bias.assign(Tensor(newBias, shape: linear.bias.shape))
  }
}
