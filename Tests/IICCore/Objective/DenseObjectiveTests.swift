import Foundation
import Testing
import Torch

@testable import IICCore

/// The dense loss against its definition, written out as loops in double precision.
@Suite struct DenseObjectiveTests {
  /// Maps `[n, K, H, W]`, row-major.
  private struct Maps {
    let n: Int, k: Int, height: Int, width: Int
    var values: [Double]

    /// Random probabilities, or of clusters chosen with certainty, of which the last one is never chosen.
    init(_ n: Int, _ k: Int, _ height: Int, _ width: Int, seed: Int, oneHot: Bool = false) {
      (self.n, self.k, self.height, self.width) = (n, k, height, width)
      values = Array(repeating: 0, count: n * k * height * width)
      var numbers = RandomStream(seed: seed).numbers()
      for item in 0..<n {
        for place in 0..<height * width {
          var raw = (0..<k).map { _ in exp(2 * Double.random(in: -1...1, using: &numbers)) }
          if oneHot {
            let chosen = Int.random(in: 0..<max(1, k - 1), using: &numbers)
            raw = (0..<k).map { $0 == chosen ? 1 : 0 }
          }
          let sum = raw.reduce(0, +)
          for cluster in 0..<k { values[(item * k + cluster) * height * width + place] = raw[cluster] / sum }
        }
      }
    }

    subscript(item: Int, cluster: Int, row: Int, column: Int) -> Double {
      get {
        guard (0..<height).contains(row), (0..<width).contains(column) else { return 0 }
        return values[((item * k + cluster) * height + row) * width + column]
      }
      set { values[((item * k + cluster) * height + row) * width + column] = newValue }
    }

    func tensor(_ type: DataType) throws -> Tensor {
      try Tensor(values, shape: [n, 1, k, height, width]).to(type)
    }
  }

  /// The sum over items and places of x_a(u + t) y_b(u), for each t of the box: `[T T'][K K]`.
  private func joints(_ x: Maps, _ y: Maps, rows: Int, columns: Int) -> [[Double]] {
    var joints: [[Double]] = []
    for down in -rows...rows {
      for across in -columns...columns {
        var joint = [Double](repeating: 0, count: x.k * x.k)
        for item in 0..<x.n {
          for row in 0..<x.height {
            for column in 0..<x.width {
              for a in 0..<x.k {
                for b in 0..<x.k {
                  joint[a * x.k + b] += x[item, a, row + down, column + across] * y[item, b, row, column]
                }
              }
            }
          }
        }
        joints.append(joint)
      }
    }
    return joints
  }

  /// The information loss of a joint and its gradient by the joint, zeros contributing nothing; the logarithm's bound of the
  /// loss stands for that of 0.
  private func loss(_ joint: [Double], _ k: Int, lambda: Double) -> (value: Double, gradient: [Double]) {
    let total = joint.reduce(0, +)
    let p = (0..<k * k).map { (joint[$0] + joint[$0 % k * k + $0 / k]) / (2 * total) }
    let sums = (0..<k).map { row in p[(row * k)..<((row + 1) * k)].reduce(0, +) }
    func bounded(_ x: Double) -> Double { log(max(x, 1e-30)) }
    // x ln(max(x, bound)) has the slope ln x + 1 above the bound and ln(bound) below.
    func slope(_ x: Double) -> Double { x >= 1e-30 ? log(x) + 1 : bounded(x) }
    var value = 0.0
    for i in 0..<k {
      for j in 0..<k {
        value -= p[i * k + j] * (bounded(p[i * k + j]) - lambda * bounded(sums[i]) - lambda * bounded(sums[j]))
      }
    }
    let slopes = (0..<k * k).map { -slope(p[$0]) + lambda * (slope(sums[$0 / k]) + slope(sums[$0 % k])) }
    let mean = zip(p, slopes).reduce(0) { $0 + $1.0 * $1.1 }
    return (value, slopes.map { ($0 - mean) / total })
  }

  /// The mean loss over displacements and its gradients by both maps.
  private func reference(
    _ x: Maps, _ y: Maps, rows: Int, columns: Int, lambda: Double = 1, collapsed: Bool = false
  ) -> (value: Double, x: [Double], y: [Double]) {
    let k = x.k
    let joints = joints(x, y, rows: rows, columns: columns)
    var losses = joints.map { loss($0, k, lambda: lambda) }
    var weight = 1 / Double(joints.count)
    if collapsed {
      let sum = (0..<k * k).map { entry in joints.reduce(0) { $0 + $1[entry] } }
      let whole = loss(sum, k, lambda: lambda)
      losses = joints.map { _ in whole }
      weight = 1
    }
    var (dx, dy) = (x, y)
    dx.values = dx.values.map { _ in 0 }
    dy.values = dx.values
    var place = 0
    for down in -rows...rows {
      for across in -columns...columns {
        let slopes = losses[place].gradient
        place += 1
        for item in 0..<x.n {
          for row in 0..<x.height {
            for column in 0..<x.width {
              let (there, aside) = (row + down, column + across)
              guard (0..<x.height).contains(there), (0..<x.width).contains(aside) else { continue }
              for a in 0..<k {
                for b in 0..<k {
                  let slope = slopes[a * k + b] * weight
                  dx[item, a, there, aside] += slope * y[item, b, row, column]
                  dy[item, b, row, column] += slope * x[item, a, there, aside]
                }
              }
            }
          }
        }
      }
    }
    let value = collapsed ? losses[0].value : losses.reduce(0) { $0 + $1.value } * weight
    return (value, dx.values, dy.values)
  }

  private func outputs(_ x: Tensor, _ y: Tensor, base: View? = nil, transformed: View? = nil) throws -> PairOutputs
  {
    let view = try View(x.reshaped([x.shape[0], -1, x.shape[3], x.shape[4]]))
    let other = try View(y.reshaped([y.shape[0], -1, y.shape[3], y.shape[4]]))
    return PairOutputs(
      views: ViewPair(base: base ?? view, transformed: transformed ?? other),
      base: SideOutputs(features: x, heads: ["main": x]),
      transformed: SideOutputs(features: y, heads: ["main": y]))
  }

  private func objective(_ k: Int, d: Int, lambda: Double = 1, collapsed: Bool = false) -> DenseObjective {
    DenseObjective(
      [HeadConfiguration(name: "main", clusters: k, subheads: 1, lambda: lambda)], displacement: d,
      collapsed: collapsed)
  }

  /// How far a gradient is from another, relative to the largest entry.
  private func distance(_ one: [Double], _ other: [Double]) -> Double {
    let largest = other.map(abs).max() ?? 1
    return zip(one, other).map { abs($0 - $1) }.max().map { $0 / largest } ?? .infinity
  }

  @Test(
    "value and gradients are those of the definition",
    arguments: [
      (2, 0, 4, 5), (2, 1, 5, 4), (3, 2, 7, 9), (6, 3, 8, 8), (5, 10, 11, 13), (15, 2, 9, 6), (24, 1, 5, 6),
      (45, 1, 4, 3),
    ])
  func equalsDefinition(k: Int, d: Int, height: Int, width: Int) throws {
    for (collapsed, lambda) in [(false, 1.0), (true, 1.0), (false, 1.5)] {
      let x = Maps(2, k, height, width, seed: k + d)
      let y = Maps(2, k, height, width, seed: 100 + k + d)
      let expected = reference(x, y, rows: d, columns: d, lambda: lambda, collapsed: collapsed)
      for (type, tolerance) in [(DataType.float64, 1e-9), (.float32, 1e-5)] {
        let (left, right) = (try x.tensor(type), try y.tensor(type))
        try left.requireGradient()
        try right.requireGradient()
        let value = try objective(k, d: d, lambda: lambda, collapsed: collapsed)(outputs(left, right), .training)
        try value.total.backward()
        #expect(abs(try value.total.item() - expected.value) < tolerance * max(1, abs(expected.value)))
        #expect(distance(try #require(try left.gradient).doubles(), expected.x) < tolerance)
        #expect(distance(try #require(try right.gradient).doubles(), expected.y) < tolerance)
      }
    }
  }

  @Test("maps of certain clusters, one of which is dead, have the gradient of the definition")
  func deadCluster() throws {
    let x = Maps(2, 4, 12, 11, seed: 1, oneHot: true)
    let y = Maps(2, 4, 12, 11, seed: 2, oneHot: true)
    let expected = reference(x, y, rows: 3, columns: 3)
    let (left, right) = (try x.tensor(.float32), try y.tensor(.float32))
    try left.requireGradient()
    try right.requireGradient()
    let value = try objective(4, d: 3)(outputs(left, right), .training)
    try value.total.backward()
    #expect(abs(try value.total.item() - expected.value) < 1e-5)
    #expect(distance(try #require(try left.gradient).doubles(), expected.x) < 1e-5)
    #expect(distance(try #require(try right.gradient).doubles(), expected.y) < 1e-5)
  }

  @Test(
    "large maps, which are cut into tiles, have the joints of the definition", arguments: [(184, 101), (260, 60)])
  func tiles(k: Int, side: Int) throws {
    let generator = try RandomGenerator(seed: 3)
    let x = try generator.normal([2, 1, k, side, 3]).softmax(along: 2).to(.float64)
    let y = try generator.normal([2, 1, k, side, 3]).softmax(along: 2).to(.float64)
    try x.requireGradient()
    try y.requireGradient()
    let joint = try Tensor.displacedJoint(x, y, rows: 4, columns: 1)
    let weights = try generator.normal(joint.shape).to(.float64)
    try (joint * weights).sum().backward()
    let (gradientX, gradientY) = (try #require(try x.gradient), try #require(try y.gradient))
    // Products of slices, one displacement after the other.
    let (left, right) = (try x.detached(), try y.detached())
    try left.requireGradient()
    try right.requireGradient()
    var rows: [Tensor] = []
    for down in -4...4 {
      for across in -1...1 {
        let from = (rows: max(0, down)..<(side + min(0, down)), columns: max(0, across)..<(3 + min(0, across)))
        let to = (rows: max(0, -down)..<(side + min(0, -down)), columns: max(0, -across)..<(3 + min(0, -across)))
        let a = try left.sliced(from.rows, along: 3).sliced(from.columns, along: 4)
        let b = try right.sliced(to.rows, along: 3).sliced(to.columns, along: 4)
        rows.append(
          try a.permuted([1, 2, 0, 3, 4]).reshaped([k, -1])
            .matmul(b.permuted([1, 2, 0, 3, 4]).reshaped([k, -1]).transposed()))
      }
    }
    let expected = try Tensor.stacked(rows).reshaped([1, 9, 3, k, k])
    #expect(distance(try joint.doubles(), try expected.doubles()) < 1e-12)
    try (expected * weights).sum().backward()
    #expect(distance(try gradientX.doubles(), try #require(try left.gradient).doubles()) < 1e-12)
    #expect(distance(try gradientY.doubles(), try #require(try right.gradient).doubles()) < 1e-12)
  }

  @Test("places that are not valid count on neither side")
  func mask() throws {
    var x = Maps(2, 3, 6, 7, seed: 5)
    var y = Maps(2, 3, 6, 7, seed: 6)
    var numbers = RandomStream(seed: 7).numbers()
    let valid = (0..<2 * 6 * 7).map { _ in Bool.random(using: &numbers) ? Float(1) : 0 }
    let view = View(
      try x.tensor(.float64).reshaped([2, 3, 6, 7]), valid: try Tensor(valid, shape: [2, 1, 6, 7]).to(.float64))
    let value = try objective(3, d: 2)(outputs(x.tensor(.float64), y.tensor(.float64), base: view), .training)
    for item in 0..<2 {
      for row in 0..<6 {
        for column in 0..<7 where valid[(item * 6 + row) * 7 + column] == 0 {
          for k in 0..<3 { (x[item, k, row, column], y[item, k, row, column]) = (0, 0) }
        }
      }
    }
    #expect(abs(try value.total.item() - reference(x, y, rows: 2, columns: 2).value) < 1e-9)
  }

  @Test("a mirrored second view, and its repeats, are brought back exactly")
  func mirrors() throws {
    let x = Maps(2, 3, 6, 7, seed: 8)
    let y = Maps(2, 3, 6, 7, seed: 9)
    let mirrored = try y.tensor(.float64)
    // The first item left to right, the second one top to bottom; then as they are.
    let first = try mirrored.sliced(0..<1).flipped(along: 4)
    let second = try mirrored.sliced(1..<2).flipped(along: 3)
    let maps: [Float] = [-1, 0, 0, 0, 1, 0, 1, 0, 0, 0, -1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0]
    let all = try Tensor.concatenated([first, second, mirrored])
    let view = View(try all.reshaped([4, 3, 6, 7]), map: try Tensor(maps, shape: [4, 2, 3]))
    let value = try objective(3, d: 2)(outputs(x.tensor(.float64), all, transformed: view), .training)
    // The sum of two equal maps has the same normalised joint.
    #expect(abs(try value.total.item() - reference(x, y, rows: 2, columns: 2).value) < 1e-9)
  }

  @Test("a moved view is brought back to where the base view shows the same")
  func affine() throws {
    let base = try RandomGenerator(seed: 1).uniform([1, 2, 8, 8])
    // The view shows at p the base's point p + 0.5: two places of eight further on.
    let map = try Tensor([Float(1), 0, 0.5, 0, 1, 0], shape: [1, 2, 3])
    let shown = try base.affineSampled(by: map, height: 8, width: 8)
    let back = try View(shown, map: map).broughtBack(shown, to: View(base))
    let (found, expected) = (try back.floats(), try base.floats())
    for row in 0..<16 {
      for column in 0..<8 {
        let value = found[row * 8 + column]
        // What was moved out is 0.
        #expect(abs(value - (column < 2 ? 0 : expected[row * 8 + column])) < 1e-5)
      }
    }
  }

  @Test("a constant output has no information, halves of one class each have all of it")
  func extremes() throws {
    let constant = try Tensor.full([1, 1, 4, 6, 6], 0.25, dtype: .float64)
    #expect(abs(try objective(4, d: 2)(outputs(constant, constant), .training).total.item()) < 1e-12)
    var halves = Maps(1, 2, 4, 40, seed: 0)
    for row in 0..<4 {
      for column in 0..<40 {
        (halves[0, 0, row, column], halves[0, 1, row, column]) = column < 20 ? (1, 0) : (0, 1)
      }
    }
    let x = try halves.tensor(.float64)
    #expect(abs(try objective(2, d: 0)(outputs(x, x), .training).total.item() + log(2)) < 1e-12)
  }

  @Test("sub-heads and heads are losses of their own")
  func subheads() throws {
    let (x, y) = (Maps(2, 3, 6, 5, seed: 1), Maps(2, 3, 6, 5, seed: 2))
    let (v, w) = (Maps(2, 3, 6, 5, seed: 3), Maps(2, 3, 6, 5, seed: 4))
    let left = try Tensor.concatenated([x.tensor(.float64), v.tensor(.float64)], along: 1)
    let right = try Tensor.concatenated([y.tensor(.float64), w.tensor(.float64)], along: 1)
    let value = try objective(3, d: 1)(outputs(left, right), .training)
    let expected = [reference(x, y, rows: 1, columns: 1).value, reference(v, w, rows: 1, columns: 1).value]
    for (found, expected) in zip(try #require(value.parts["main"]).doubles(), expected) {
      #expect(abs(found - expected) < 1e-9)
    }
    #expect(abs(try value.total.item() - (expected[0] + expected[1]) / 2) < 1e-9)
  }

  @Test("a displacement larger than the map is refused with both")
  func tooFar() throws {
    let x = try Maps(1, 2, 5, 5, seed: 1).tensor(.float32)
    #expect {
      try objective(2, d: 5)(outputs(x, x), .training)
    } throws: { error in
      "\(error)".contains("found displacement 5; expected one below the sides of the map, 5 x 5")
    }
  }

  @Test("series are maps of height 1, displaced in time alone")
  func series() throws {
    let (x, y) = (Maps(3, 3, 1, 12, seed: 1), Maps(3, 3, 1, 12, seed: 2))
    let value = try objective(3, d: 4)(outputs(x.tensor(.float64), y.tensor(.float64)), .training)
    #expect(abs(try value.total.item() - reference(x, y, rows: 0, columns: 4).value) < 1e-9)
  }
}
