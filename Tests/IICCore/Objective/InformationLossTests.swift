import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct InformationLossTests {
  /// Random probabilities of n items, S sub-heads, K clusters, row-major, in double precision.
  private func probabilities(_ n: Int, _ s: Int, _ k: Int, seed: Int) -> [Double] {
    var numbers = RandomStream(seed: seed).numbers()
    return (0..<n * s).flatMap { _ in
      let raw = (0..<k).map { _ in exp(2 * Double.random(in: -1...1, using: &numbers)) }
      let sum = raw.reduce(0, +)
      return raw.map { $0 / sum }
    }
  }

  /// The formula of the paper written out as sums, in double precision: one sub-head, base repeated r times. No
  /// entry of the joint is below `bound`; the terms of those that are 0 are 0.
  private func reference(
    _ z: [Double], _ w: [Double], _ k: Int, lambda: Double, bound: Double = Double(Float.ulpOfOne)
  ) -> Double {
    var joint = [Double](repeating: 0, count: k * k)
    for row in 0..<w.count / k {
      let base = row % (z.count / k)
      for i in 0..<k { for j in 0..<k { joint[i * k + j] += z[base * k + i] * w[row * k + j] } }
    }
    let total = joint.reduce(0, +)
    var loss = 0.0
    let p = (0..<k * k).map { max((joint[$0] + joint[$0 % k * k + $0 / k]) / (2 * total), bound) }
    for i in 0..<k {
      for j in 0..<k where p[i * k + j] > 0 {
        let rows = (0..<k).reduce(0) { $0 + p[i * k + $1] }
        let columns = (0..<k).reduce(0) { $0 + p[$1 * k + j] }
        loss -= p[i * k + j] * (log(p[i * k + j]) - lambda * log(rows) - lambda * log(columns))
      }
    }
    return loss
  }

  @Test(arguments: [1.0, 1.5, 0.7])
  func agreesWithTheFormulaInDoublePrecision(lambda: Double) throws {
    let (n, k) = (40, 7)
    let z = probabilities(n, 1, k, seed: 1)
    let w = probabilities(3 * n, 1, k, seed: 2)
    let found = try InformationLoss(lambda: lambda)(
      base: Tensor(z.map(Float.init), shape: [n, 1, k]),
      transformed: Tensor(w.map(Float.init), shape: [3 * n, 1, k]))
    #expect(abs(try found.item() - reference(z, w, k, lambda: lambda)) < 1e-5)
  }

  /// The paper's numbers of clusters, up to 140, are bounded as by its code.
  @Test func theBoundIsThatOfThePublishedCodeUntilItIsMuch() {
    for clusters in [2, 10, 70, 140, 289] {
      #expect(InformationLoss.bound(clusters: clusters) == Double(Float.ulpOfOne))
    }
    for clusters in [290, 1000, 4096] {
      #expect(abs(InformationLoss.bound(clusters: clusters) * Double(clusters * clusters) - 0.01) < 1e-12)
    }
  }

  /// Items that are nearly in all of 3000 clusters alike: no information yet, and a way to more of it.
  @Test func manyClustersCanBegin() throws {
    let logits = try RandomStream(seed: 3).generator().normal([16, 1, 3000]) * 0.05
    try logits.requireGradient()
    let sides = try logits.softmax(along: 2)
    let loss = try InformationLoss()(base: sides, transformed: sides)
    #expect(try abs(loss.item()) < 0.01)
    try loss.sum().backward()
    let gradient = try #require(try logits.gradient).floats()
    #expect(gradient.count { $0 != 0 } > 47_000)
    // A step against the gradient gives a lower loss.
    let size = gradient.map(abs).max() ?? 0
    let next = try (logits.detached() - #require(try logits.gradient) * (0.05 / Double(size))).softmax(along: 2)
    #expect(try InformationLoss()(base: next, transformed: next).item() < loss.item())
  }

  /// An item for each of 1000 clusters, both its views in it for sure: -ln K, but for entries raised to the bound b,
  /// with p = 1 / K on the diagonal and rows r = p + (K - 1) b.
  @Test func manyClustersReachTheirInformation() throws {
    let k = 1000
    let sure = try Tensor((0..<k * k).map { $0 % (k + 1) == 0 ? Float(1) : 0 }, shape: [k, 1, k])
    let found = try InformationLoss()(base: sure, transformed: sure).item()
    let (count, b) = (Double(k), 1e-8)
    let rows = 1 / count + (count - 1) * b
    let apart = count * (count - 1) * b * (log(b) - 2 * log(rows))
    let expected = 0 - (log(1 / count) - 2 * log(rows)) - apart
    #expect(abs(found - expected) < 1e-3)
    #expect(abs(found + log(count)) < 0.06)
  }

  /// Items that are assigned with certainty to all clusters but the last, each eleventh view to another than its base.
  private func certain(_ n: Int, _ r: Int, _ k: Int) -> (base: [Double], transformed: [Double]) {
    func rows(_ clusters: [Int]) -> [Double] { clusters.flatMap { c in (0..<k).map { $0 == c ? 1 : 0 } } }
    let moved = (0..<r * n).map { ($0 % n + ($0 % 11 == 0 ? 1 : 0)) % (k - 1) }
    return (rows((0..<n).map { $0 % (k - 1) }), rows(moved))
  }

  /// Most entries of the joint are 0, so what they are raised to decides.
  @Test(arguments: [1.0, 1.5, 0.7])
  func certainAssignmentsAgreeWithTheFormulaInDoublePrecision(lambda: Double) throws {
    let (n, r, k) = (36, 3, 10)
    let (z, w) = certain(n, r, k)
    let found = try InformationLoss(lambda: lambda)(
      base: Tensor(z.map(Float.init), shape: [n, 1, k]),
      transformed: Tensor(w.map(Float.init), shape: [r * n, 1, k])
    ).item()
    #expect(abs(found - reference(z, w, k, lambda: lambda)) < 1e-5)
    for bound in [0, Double.ulpOfOne, 10 * Double(Float.ulpOfOne)] {
      #expect(abs(found - reference(z, w, k, lambda: lambda, bound: bound)) > 3e-5)
    }
  }

  /// The gradient against central differences of the formula.
  @Test(arguments: [1.0, 1.5, 0.7]) func gradientAgreesWithDifferences(lambda: Double) throws {
    let (n, k) = (6, 4)
    try compareGradients(
      probabilities(n, 1, k, seed: 3), probabilities(2 * n, 1, k, seed: 4), k, lambda: lambda, step: 1e-5)
  }

  /// The step keeps entries that are raised below the bound, where they have no gradient.
  @Test(arguments: [1.0, 1.5, 0.7]) func gradientOfCertainAssignmentsAgreesWithDifferences(lambda: Double) throws {
    let (z, w) = certain(8, 2, 4)
    try compareGradients(z, w, 4, lambda: lambda, step: 1e-7)
  }

  private func compareGradients(
    _ z: [Double], _ w: [Double], _ k: Int, lambda: Double, step h: Double
  ) throws {
    let n = z.count / k
    let base = try Tensor(z.map(Float.init), shape: [n, 1, k])
    let transformed = try Tensor(w.map(Float.init), shape: [w.count / k, 1, k])
    try base.requireGradient()
    try transformed.requireGradient()
    try InformationLoss(lambda: lambda)(base: base, transformed: transformed).sum().backward()
    for (gradient, values, isBase) in [
      (try #require(try base.gradient).doubles(), z, true),
      (try #require(try transformed.gradient).doubles(), w, false),
    ] {
      for index in values.indices {
        let moved = [h, -h].map { step in
          var copy = values
          copy[index] += step
          return isBase ? reference(copy, w, k, lambda: lambda) : reference(z, copy, k, lambda: lambda)
        }
        #expect(abs(gradient[index] - (moved[0] - moved[1]) / (2 * h)) < 1e-5)
      }
    }
  }

  @Test func isSymmetricAndIgnoresTheNamesOfClusters() throws {
    let (n, s, k) = (30, 2, 5)
    let z = try Tensor(probabilities(n, s, k, seed: 5).map(Float.init), shape: [n, s, k])
    let w = try Tensor(probabilities(n, s, k, seed: 6).map(Float.init), shape: [n, s, k])
    let loss = InformationLoss()
    let forward = try loss(base: z, transformed: w).doubles()
    let permutation = try Tensor([3, 0, 4, 1, 2])
    let permuted = try loss(
      base: z.selecting(permutation, along: 2), transformed: w.selecting(permutation, along: 2)
    ).doubles()
    let swapped = try loss(base: w, transformed: z).doubles()
    for head in 0..<s {
      #expect(abs(forward[head] - swapped[head]) < 1e-6)
      #expect(abs(forward[head] - permuted[head]) < 1e-6)
    }
    #expect(abs(forward[0] - forward[1]) > 1e-4)
  }

  @Test func aConstantOutputHasNoInformation() throws {
    let uniform = try Tensor.full([20, 1, 8], 1.0 / 8)
    #expect(abs(try InformationLoss()(base: uniform, transformed: uniform).item()) < 1e-6)
    let one = try Tensor([1, 0, 0, 0] as [Float], shape: [1, 1, 4]).repeated([20, 1, 1])
    #expect(abs(try InformationLoss()(base: one, transformed: one).item()) < 1e-4)
  }

  @Test(arguments: [2, 10, 70])
  func thePerfectAssignmentReachesTheBound(k: Int) throws {
    let identity = (0..<k * k).map { Float($0 / k == $0 % k ? 1 : 0) }
    let perfect = try Tensor(identity, shape: [k, 1, k]).repeated([4, 1, 1])
    // What raising the joint's zeros to epsilon can cost.
    let epsilon = Double(Float.ulpOfOne)
    let tolerance = 1e-5 + 2 * Double(k * k) * epsilon * log(1 / epsilon)
    #expect(abs(try InformationLoss()(base: perfect, transformed: perfect).item() + log(Double(k))) < tolerance)
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    let base = try Tensor.full([4, 1, 3], 1.0 / 3)
    for shape in [[5, 1, 3], [4, 2, 3], [4, 1, 2], [4, 3]] {
      #expect(throws: TorchError.self) { try InformationLoss()(base: base, transformed: Tensor.ones(shape)) }
    }
  }
}
