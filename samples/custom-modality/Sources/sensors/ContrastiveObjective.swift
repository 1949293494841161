import Foundation
import IICCore
import Manifest
import Torch

/// The information loss and, weighted beside it, a contrastive one over the features: NT-Xent (Chen et al., 2020,
/// equation 1). Of 2 n views, two of each item, with cosines s:
///
///     l_i = -ln ( exp(s_ii' / t) / sum_{j != i} exp(s_ij / t) ),   averaged over i
struct ContrastiveObjective: RegisteredObjective {
  static let name = "contrastive"
  private let clustering: ClusteringObjective
  private let weight, temperature: Double

  init(from section: SectionReader, heads: HeadsConfiguration) throws(ManifestError) {
    clustering = ClusteringObjective(heads.all)
    weight = try section("weight", .number(in: .positive), default: 0.1, "weight of the contrastive loss")
    temperature = try section(
      "temperature", .number(in: 0.05...10), default: 0.5, "t, which cosines are divided by")
  }

  func callAsFunction(_ outputs: PairOutputs, _ pass: Pass) throws(TorchError) -> ObjectiveValue {
    let clusters = try clustering(outputs, pass)
    // Of several transformed views of an item the first.
    let n = outputs.base.features.shape[0]
    let contrast = try loss(outputs.base.features, outputs.transformed.features.sliced(0..<n))
    return ObjectiveValue(
      total: try clusters.total + contrast * weight,
      parts: clusters.parts.merging(["contrast": try contrast.detached()]) { $1 })
  }

  /// NT-Xent of features `[n, F]` and `[n, F]` of the same items.
  func loss(_ base: Tensor, _ transformed: Tensor) throws(TorchError) -> Tensor {
    let features = try Tensor.concatenated([base, transformed])  // [2 n, F]
    let units = try features / (features * features).sum([1], keepingDimensions: true).clamped(min: 1e-12).sqrt()
    let (n, scale) = (base.shape[0], 1 / temperature)
    let all = try (units.matmul(units.transposed()) * scale).exp().sum([1]) - exp(scale)  // [2 n], without itself
    let own = try (units.sliced(0..<n) * units.sliced(n..<(2 * n))).sum([1]) * scale  // [n]
    return try all.log().mean() - own.mean()
  }
}
