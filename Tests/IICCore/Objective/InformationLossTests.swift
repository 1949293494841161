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

  /// The joint of the paper in double precision, one sub-head, base repeated r times: symmetric and normalised.
  private func joint(_ z: [Double], _ w: [Double], _ k: Int) -> [Double] {
    var joint = [Double](repeating: 0, count: k * k)
    for row in 0..<w.count / k {
      let base = row % (z.count / k)
      for i in 0..<k where z[base * k + i] != 0 {
        for j in 0..<k { joint[i * k + j] += z[base * k + i] * w[row * k + j] }
      }
    }
    let total = joint.reduce(0, +)
    return (0..<k * k).map { (joint[$0] + joint[$0 % k * k + $0 / k]) / (2 * total) }
  }

  private func marginals(_ p: [Double], _ k: Int) -> [Double] {
    (0..<k).map { row in p[(row * k)..<((row + 1) * k)].reduce(0, +) }
  }

  /// The formula of the paper written out as sums; the terms of entries that are 0 are 0.
  private func reference(_ z: [Double], _ w: [Double], _ k: Int, lambda: Double) -> Double {
    let p = joint(z, w, k)
    let sums = marginals(p, k)
    var loss = 0.0
    for i in 0..<k {
      for j in 0..<k where p[i * k + j] > 0 {
        loss -= p[i * k + j] * (log(p[i * k + j]) - lambda * log(sums[i]) - lambda * log(sums[j]))
      }
    }
    return loss
  }

  /// The derivative of the formula by the base views' probabilities, `[n, K]`, for joints without zeros:
  /// dL/dP_ij = -(ln P_ij + 1) + lambda (ln P_i + ln P_j + 2), carried through normalising and symmetrising by hand.
  private func gradient(_ z: [Double], _ w: [Double], _ k: Int, lambda: Double) -> [Double] {
    let p = joint(z, w, k)
    let sums = marginals(p, k)
    let slopes = (0..<k * k).map {
      -(log(p[$0]) + 1) + lambda * (log(sums[$0 / k]) + log(sums[$0 % k]) + 2)
    }
    let mean = zip(p, slopes).reduce(0) { $0 + $1.0 * $1.1 }
    let (n, rows) = (z.count / k, w.count / k)
    // The slopes are symmetric, so both halves of a symmetrised entry give the same.
    var gradient = [Double](repeating: 0, count: z.count)
    for row in 0..<rows {
      let base = row % n
      for i in 0..<k {
        var sum = 0.0
        for j in 0..<k { sum += (slopes[i * k + j] - mean) * w[row * k + j] }
        gradient[base * k + i] += sum / Double(rows)
      }
    }
    return gradient
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
  }

  /// With thousands of clusters the joint's entries are about 1e-7 and less: a bound on them would be most of the loss.
  @Test(arguments: [(2, 1.0), (10, 1.5), (1000, 1.0), (3000, 2.0), (4096, 1.0)])
  func valueAndGradientOfManyClustersAgreeWithDoublePrecision(k: Int, lambda: Double) throws {
    let (n, r) = (6, 2)
    let (z, w) = (probabilities(n, 1, k, seed: 7), probabilities(r * n, 1, k, seed: 8))
    let base = try Tensor(z.map(Float.init), shape: [n, 1, k])
    try base.requireGradient()
    let loss = try InformationLoss(lambda: lambda)(
      base: base, transformed: Tensor(w.map(Float.init), shape: [r * n, 1, k]))
    #expect(abs(try loss.item() - reference(z, w, k, lambda: lambda)) < 1e-5)
    try loss.sum().backward()
    let found = try #require(try base.gradient).doubles()
    let expected = gradient(z, w, k, lambda: lambda)
    let largest = expected.reduce(0) { max($0, abs($1)) }
    #expect(largest > 1e-3)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// The gradient against central differences of the formula.
  @Test(arguments: [1.0, 1.5, 0.7]) func gradientAgreesWithDifferences(lambda: Double) throws {
    let (n, k) = (6, 4)
    try compareGradients(
      probabilities(n, 1, k, seed: 3), probabilities(2 * n, 1, k, seed: 4), k, lambda: lambda, step: 1e-5)
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

  @Test(arguments: [2, 10, 70, 1000, 4096])
  func thePerfectAssignmentReachesTheBound(k: Int) throws {
    let identity = (0..<k * k).map { Float($0 / k == $0 % k ? 1 : 0) }
    let perfect = try Tensor(identity, shape: [k, 1, k])
    #expect(abs(try InformationLoss()(base: perfect, transformed: perfect).item() + log(Double(k))) < 1e-5)
  }

  @Test func shapesThatDoNotFitAreRefused() throws {
    let base = try Tensor.full([4, 1, 3], 1.0 / 3)
    for shape in [[5, 1, 3], [4, 2, 3], [4, 1, 2], [4, 3]] {
      #expect(throws: TorchError.self) { try InformationLoss()(base: base, transformed: Tensor.ones(shape)) }
    }
  }
}
