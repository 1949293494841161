public import Torch
import Foundation

/// Multinomial logistic regression on features: the linear probe.
///
/// Weights W `[C, F]` and biases b minimise, over n items with classes y,
///
///     C_r sum_i -ln softmax(W x_i + b)[y_i] + |W|^2 / 2,
///
/// the objective of scikit-learn's `LogisticRegression(C=C_r)`, by L-BFGS in float64 until no part of its gradient, divided
/// by C_r n, is above 1e-4, scikit-learn's tolerance, or for 1,000 iterations.
public struct LinearClassifier {
  /// W and b: `[C, F + 1]`, b last.
  private let weights: [Double]
  private let classes, features: Int
  /// Whether the gradient is as small as it should be.
  public let hasConverged: Bool

  private static let tolerance = 1e-4, mostIterations = 1000, memory = 10

  /// Fits features `[n, F]` to classes below `classCount`.
  public init(
    _ features: Tensor, classes labels: [Int], classCount: Int, regularisation: Double = 1
  ) throws(TorchError) {
    try features.checkLabelled(labels, classCount: classCount, for: "LinearClassifier")
    let (count, width) = (labels.count, features.shape[1])
    let points = try Self.withOnes(features)  // [n, F + 1]
    let turned = try points.transposed()
    let wanted = try Tensor.identity(classCount, dtype: .float64).selecting(Tensor(labels))  // [n, C]
    let penalty = 1 / (regularisation * Double(count))

    func value(_ x: [Double]) throws(TorchError) -> (value: Double, gradient: [Double]) {
      let logits = try points.matmul(Tensor(x, shape: [classCount, width + 1]).transposed())
      let shifted = try logits - logits.max([1], keepingDimensions: true)
      let exponentials = try shifted.exp()
      let sums = try exponentials.sum([1], keepingDimensions: true)
      let loss = try (sums.log().sum() - (shifted * wanted).sum()).item() / Double(count)
      let difference = try exponentials / sums - wanted  // [n, C]
      var gradient = try turned.matmul(difference).transposed().contiguous().doubles()
      var norm = 0.0
      for row in 0..<classCount {
        for column in 0...width {
          let place = row * (width + 1) + column
          gradient[place] /= Double(count)
          guard column < width else { continue }
          norm += x[place] * x[place]
          gradient[place] += penalty * x[place]
        }
      }
      return (loss + penalty * norm / 2, gradient)
    }
    let start = [Double](repeating: 0, count: classCount * (width + 1))
    (weights, hasConverged) = try Self.minimise(from: start, value)
    (self.classes, self.features) = (classCount, width)
  }

  /// The class of each row of features `[n, F]`.
  public func callAsFunction(_ features: Tensor) throws(TorchError) -> [Int] {
    let turned = try Tensor(weights, shape: [classes, self.features + 1]).transposed()
    return try Self.withOnes(features).matmul(turned).argmax(along: 1).integers()
  }

  private static func withOnes(_ features: Tensor) throws(TorchError) -> Tensor {
    let points = try features.to(.float64)
    return try .concatenated([points, Tensor.full([points.shape[0], 1], 1, dtype: .float64)], along: 1)
  }

  /// L-BFGS (Nocedal and Wright, algorithm 7.5) with steps that lower the value enough (Armijo).
  private static func minimise(
    from start: [Double], _ function: ([Double]) throws(TorchError) -> (value: Double, gradient: [Double])
  ) throws(TorchError) -> (point: [Double], hasConverged: Bool) {
    var point = start
    var (value, gradient) = try function(point)
    var pairs: [(step: [Double], change: [Double], scale: Double)] = []
    for _ in 0..<mostIterations {
      if gradient.allSatisfy({ abs($0) <= tolerance }) { return (point, true) }
      let direction = direction(gradient, pairs)
      let slope = dot(direction, gradient)
      var length = pairs.isEmpty ? min(1, 1 / dot(gradient, gradient).squareRoot()) : 1.0
      var next = point
      var found = (value: value, gradient: gradient)
      var isLower = false
      for _ in 0..<40 {
        for place in point.indices { next[place] = point[place] + length * direction[place] }
        found = try function(next)
        isLower = found.value <= value + 1e-4 * length * slope
        if isLower { break }
        length /= 2
      }
      guard isLower else {
        // The estimate may be at fault; downhill there is a lower value unless float64 tells none apart.
        if pairs.isEmpty { return (point, false) }
        pairs = []
        continue
      }
      let step = zip(next, point).map { $0 - $1 }
      let change = zip(found.gradient, gradient).map { $0 - $1 }
      let curvature = dot(step, change)
      if curvature > 1e-12 * dot(change, change) {
        pairs.append((step, change, 1 / curvature))
        if pairs.count > memory { pairs.removeFirst() }
      }
      (point, value, gradient) = (next, found.value, found.gradient)
    }
    return (point, false)
  }

  /// The two-loop recursion: minus the inverse Hessian's estimate times the gradient.
  private static func direction(
    _ gradient: [Double], _ pairs: [(step: [Double], change: [Double], scale: Double)]
  ) -> [Double] {
    var result = gradient
    var factors: [Double] = []
    for pair in pairs.reversed() {
      let factor = pair.scale * dot(pair.step, result)
      factors.append(factor)
      for place in result.indices { result[place] -= factor * pair.change[place] }
    }
    if let last = pairs.last {
      let scale = 1 / (last.scale * dot(last.change, last.change))
      for place in result.indices { result[place] *= scale }
    }
    for (pair, factor) in zip(pairs, factors.reversed()) {
      let own = pair.scale * dot(pair.change, result)
      for place in result.indices { result[place] += (factor - own) * pair.step[place] }
    }
    return result.map { -$0 }
  }

  private static func dot(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for place in one.indices { sum += one[place] * other[place] }
    return sum
  }
}
