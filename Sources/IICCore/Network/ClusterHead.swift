import Foundation
public import Torch

/// S sub-heads of K clusters over shared features: `[n, F]` to probabilities `[n, S, K]`. On maps of features
/// `[n, F, h, w]` it is the same linear map at each place, a convolution of 1 x 1: `[n, S, K, h, w]`.
///
/// The sub-heads differ in their initial weights only. They are one matrix, so that S cost little more than one.
public final class ClusterHead: Layer {
  private let linear: Linear
  private let subheads, clusters: Int

  /// Makes the head of a configuration.
  public init(
    _ configuration: HeadConfiguration, features: Int, generator: RandomGenerator
  ) throws(TorchError) {
    subheads = configuration.subheads
    clusters = configuration.clusters
    linear = try Linear(
      inputFeatures: features, outputFeatures: subheads * clusters, deviation: configuration.deviation,
      generator: generator)
  }

  public func callAsFunction(_ features: Tensor, _ pass: Pass) throws(TorchError) -> Tensor {
    guard features.shape.count == 4 else {
      return try linear(features, pass).reshaped([-1, subheads, clusters]).softmax(along: 2)
    }
    let logits = try linear(features.permuted([0, 2, 3, 1]), pass)  // [n, h, w, S K]
    let probabilities = try logits.reshaped(logits.shape.dropLast() + [subheads, clusters]).softmax(along: 4)
    return try probabilities.permuted([0, 3, 4, 1, 2])
  }

  public var state: [NamedTensor] { linear.state }

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
