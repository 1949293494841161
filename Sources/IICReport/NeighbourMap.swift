import Foundation
import IICCore
public import Torch

/// Points of many dimensions placed in the plane so that neighbours stay neighbours (UMAP, McInnes, Healy and Melville, 2018):
/// principal components, the weighted graph of nearest neighbours, and gradient descent on its cross-entropy with negative
/// sampling. The same points and seed give the same map.
public struct NeighbourMap {
  /// The points' places, x and y of each.
  public let places: [Float]
  /// What brings a point to the principal components, float32: the mean `[D]` and the components `[D, P]`.
  public let mean: Tensor, components: Tensor
  /// The points by their principal components, `[n, P]` float32.
  public let reduced: Tensor

  /// The most principal components, and the neighbours of a point.
  private static let mostComponents = 50, neighbours = 15
  /// The curve of nearness in the plane, 1 / (1 + a d^2b), for points that come as near as 0.1.
  private static let a: Float = 1.577, b: Float = 0.895

  /// Places points `[n, D]`. Throws if there are fewer than 3.
  public init(_ points: Tensor, seed: Int) throws {
    let count = points.shape[0]
    guard count >= 3 else {
      throw TorchError(operation: "NeighbourMap", message: "found \(count) points; expected 3 or more")
    }
    (mean, components) = try Self.components(of: points)
    reduced = try Self.reduce(points, mean, components)
    let k = min(Self.neighbours, count - 1)
    let near = try NearestNeighbours(k: k, metric: .euclidean).neighbourhoods(of: reduced)
    var random = RandomStream(seed: seed).child("map").numbers()
    var places = try Self.start(reduced, using: &random)
    Self.descend(&places, edges: Graph(near), using: &random)
    self.places = places
  }

  /// A map that was made before.
  public init(places: [Float], mean: Tensor, components: Tensor, reduced: Tensor) throws {
    (self.places, self.mean, self.components, self.reduced) = (places, mean, components, reduced)
  }

  /// Places other points `[m, D]` among those that are there, which stay: each at the weighted mean of its nearest ones.
  public func places(of points: Tensor) throws -> [Float] {
    let others = try Self.reduce(points, mean, components)
    let k = min(Self.neighbours, reduced.shape[0])
    let near = try NearestNeighbours(k: k, metric: .euclidean).neighbourhoods(of: others, among: reduced)
    return near.flatMap(place)
  }

  private func place(_ near: NearestNeighbours.Neighbourhood) -> [Float] {
    // The very same point is at the very same place, but for rounding.
    if let first = near.items.first, near.distances[0] <= 1e-4 * (near.distances.last ?? 0) {
      return [places[2 * first], places[2 * first + 1]]
    }
    let weights = Graph.weights(near.distances)
    let sum = weights.reduce(0, +)
    return (0..<2).map { axis in
      Float(zip(near.items, weights).reduce(0) { $0 + Double(places[2 * $1.0 + axis]) * $1.1 } / sum)
    }
  }

  private static func components(of points: Tensor) throws -> (mean: Tensor, components: Tensor) {
    let values = try points.to(.float64)
    let mean = try values.mean([0])
    let centred = try values - mean
    let covariance = try centred.transposed().linear(weight: centred.transposed())  // [D, D]
    let vectors = try covariance.symmetricEigenvectors().vectors
    let width = points.shape[1]
    let kept = try vectors.sliced(max(0, width - mostComponents)..<width, along: 1).contiguous()
    // As they are kept in a file, so that a map that is read places points as the one that was made.
    return (try mean.to(.float32), try kept.to(.float32))
  }

  private static func reduce(_ points: Tensor, _ mean: Tensor, _ components: Tensor) throws -> Tensor {
    try (points.to(.float64) - mean.to(.float64))
      .linear(weight: components.to(.float64).transposed().contiguous()).to(.float32)
  }

  /// The two principal components of largest variance, 10 wide, with a little noise so that no two points coincide.
  private static func start(_ reduced: Tensor, using random: inout SplitMix64) throws -> [Float] {
    let (values, width) = (try reduced.floats(), reduced.shape[1])
    let largest = values.reduce(1e-9) { max($0, abs($1)) }
    return (0..<reduced.shape[0]).flatMap { point in
      (0..<2).map { axis in
        let value = width > axis ? values[point * width + width - 1 - axis] : 0
        return 10 * value / largest + Float(random.unit() - 0.5) * 1e-3
      }
    }
  }

  private static func descend(_ places: inout [Float], edges: Graph, using random: inout SplitMix64) {
    let count = places.count / 2
    let epochs = count > 10_000 ? 200 : 500
    // Each edge is drawn as often as its weight says, evenly over the epochs.
    let strongest = edges.weights.max() ?? 1
    let kept = edges.weights.indices.filter { edges.weights[$0] >= strongest / Float(epochs) }
    let period = kept.map { strongest / edges.weights[$0] }
    var next = period, nextNegative = period.map { $0 / 5 }
    places.withUnsafeMutableBufferPointer { places in
      for epoch in 1...epochs {
        let rate = 1 - Float(epoch - 1) / Float(epochs)
        for (place, edge) in kept.enumerated() where next[place] <= Float(epoch) {
          let (from, to) = (Int(edges.from[edge]), Int(edges.to[edge]))
          attract(places, from, to, rate)
          next[place] += period[place]
          let negatives = Int((Float(epoch) - nextNegative[place]) / (period[place] / 5))
          for _ in 0..<max(0, negatives) { repel(places, from, random.below(count), rate) }
          nextNegative[place] += Float(max(0, negatives)) * period[place] / 5
        }
      }
    }
  }

  @inline(__always)
  private static func attract(_ places: UnsafeMutableBufferPointer<Float>, _ one: Int, _ other: Int, _ rate: Float)
  {
    let (dx, dy) = (places[2 * one] - places[2 * other], places[2 * one + 1] - places[2 * other + 1])
    let square = dx * dx + dy * dy
    guard square > 0 else { return }
    let power = pow(square, b)
    let factor = -2 * a * b * power / (square * (1 + a * power))
    let (stepX, stepY) = (rate * limited(factor * dx), rate * limited(factor * dy))
    places[2 * one] += stepX
    places[2 * one + 1] += stepY
    places[2 * other] -= stepX
    places[2 * other + 1] -= stepY
  }

  @inline(__always)
  private static func repel(_ places: UnsafeMutableBufferPointer<Float>, _ one: Int, _ other: Int, _ rate: Float) {
    guard one != other else { return }
    let (dx, dy) = (places[2 * one] - places[2 * other], places[2 * one + 1] - places[2 * other + 1])
    let square = dx * dx + dy * dy
    let factor = 2 * b / ((0.001 + square) * (1 + a * pow(square, b)))
    places[2 * one] += rate * (square > 0 ? limited(factor * dx) : 4)
    places[2 * one + 1] += rate * (square > 0 ? limited(factor * dy) : 4)
  }

  @inline(__always) private static func limited(_ value: Float) -> Float { min(4, max(-4, value)) }
}

/// The weighted graph of neighbours: two points of which one is the other's neighbour are an edge in both directions.
private struct Graph {
  var from: [Int32] = [], to: [Int32] = []
  var weights: [Float] = []

  init(_ neighbourhoods: [NearestNeighbours.Neighbourhood]) {
    let own = neighbourhoods.map { Self.weights($0.distances) }
    for (point, neighbourhood) in neighbourhoods.enumerated() {
      for (place, other) in neighbourhood.items.enumerated() {
        let weight = own[point][place]
        let back = neighbourhoods[other].items.firstIndex(of: point).map { own[other][$0] }
        // Of two that are each other's the pair is taken once, from the lower one.
        if back != nil, other < point { continue }
        from += [Int32(point), Int32(other)]
        to += [Int32(other), Int32(point)]
        // The union of two fuzzy sets.
        let both = Float(weight + (back ?? 0) - weight * (back ?? 0))
        weights += [both, both]
      }
    }
  }

  /// exp(-(d - nearest) / scale), the scale such that the weights add up to log2 k.
  static func weights(_ distances: [Double]) -> [Double] {
    let nearest = distances.first { $0 > 0 } ?? 0
    let target = log2(Double(max(2, distances.count)))
    var (low, high, scale) = (0.0, Double.infinity, 1.0)
    func all(_ scale: Double) -> [Double] { distances.map { exp(-max(0, $0 - nearest) / scale) } }
    for _ in 0..<64 {
      let sum = all(scale).reduce(0, +)
      guard abs(sum - target) > 1e-5 else { break }
      if sum > target { high = scale } else { low = scale }
      scale = high.isFinite ? (low + high) / 2 : 2 * scale
    }
    let mean = distances.reduce(0, +) / Double(max(1, distances.count))
    return all(max(scale, 1e-3 * mean, 1e-12))
  }
}
