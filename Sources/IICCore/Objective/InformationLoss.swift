public import Torch

/// The loss of Invariant Information Clustering (Ji, Henriques, Vedaldi, 2019, equations 1 to 3).
///
/// Over N pairs of soft assignments z, z' to K clusters, for each of S sub-heads on its own:
///
///     P = (1/N) sum_n z_n z'_n^T,   P = (P + P^T) / 2,   P = P / sum(P)             [S, K, K]
///     loss = -sum_ij P_ij ( ln P_ij - lambda ln P_i - lambda ln P_j )               [S], in nats
///
/// With lambda 1 the loss is minus the mutual information of the two sides: 0 for outputs that ignore the
/// input, -ln K when every item is assigned with certainty, both views alike, and clusters have equal mass.
public struct InformationLoss: Sendable {
  /// The weight of the marginals' entropy: above 1 it presses harder towards clusters of equal mass.
  public let lambda: Double

  /// Makes the loss; the paper's clustering experiments use lambda 1.
  public init(lambda: Double = 1) { self.lambda = lambda }

  /// The loss of each sub-head.
  ///
  /// - Parameters:
  ///   - base: probabilities of the base views, `[n, S, K]`.
  ///   - transformed: probabilities of r transformed views of each item, `[r n, S, K]`, where rows
  ///     `k n ..< (k + 1) n` are the k-th views of the items in the order of `base`.
  /// - Throws: if the shapes do not fit each other.
  public func callAsFunction(base: Tensor, transformed: Tensor) throws(TorchError) -> Tensor {
    try loss(of: Self.joint(base: base, transformed: transformed))
  }

  /// The sum of the outer products of paired probabilities, `[S, K, K]`, neither symmetric nor normalised.
  ///
  /// The joint is linear in each side, so the views of one item can be summed before they meet their base
  /// view: r copies of the base are never made.
  public static func joint(base: Tensor, transformed: Tensor) throws(TorchError) -> Tensor {
    let shape = base.shape  // [n, S, K]
    guard shape.count == 3, let n = shape.first, n > 0, transformed.shape.dropFirst() == shape.dropFirst(),
      transformed.shape[0] % n == 0
    else {
      throw TorchError(
        operation: "InformationLoss",
        message: "expected base [n, S, K] and transformed [r n, S, K], found \(shape) and \(transformed.shape)")
    }
    let summed = try transformed.reshaped([-1] + shape).sum([0])  // [n, S, K]
    return try base.permuted([1, 2, 0]).matmul(summed.permuted([1, 0, 2]))  // [S, K, K]
  }

  /// The loss of each sub-head from a joint `[S, K, K]` of any scale: `[S]`.
  ///
  /// The symmetric joint's rows and columns add up to the same, so with f(x) = x ln x the loss is
  /// 2 lambda sum_i f(P_i) - sum_ij f(P_ij).
  public func loss(of joint: Tensor) throws(TorchError) -> Tensor {
    let symmetric = try joint + joint.transposed()
    // A joint of nothing, as of maps whose valid places never meet, has no information.
    let sum = try symmetric.sum([1, 2], keepingDimensions: true).clamped(min: Self.leastProbability)
    let p = try symmetric / sum  // [S, K, K]
    let marginal = try p.sum([2])  // [S, K]
    return try Self.entropyTerms(marginal).sum([1]) * (2 * lambda) - Self.entropyTerms(p).sum([1, 2])
  }

  /// x ln x of every element. The bound stands inside the logarithm alone: raising the joint itself, before its
  /// marginals are summed, would change the loss by about K^2 times the bound.
  private static func entropyTerms(_ x: Tensor) throws(TorchError) -> Tensor {
    try x * x.clamped(min: leastProbability).log()
  }

  /// A normal number in float32, so small that x ln x of anything below it is nothing.
  private static let leastProbability = 1e-30
}
