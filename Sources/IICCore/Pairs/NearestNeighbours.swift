public import Torch

/// The exact k nearest neighbours of every point, as partners: every pair of points is compared.
///
/// Distances come from matrix products, a block of points against all, so that beside the points only a block's
/// distances are in memory. They are float64, so that points far from 0, or in groups far from each other, keep their
/// digits; neighbours whose distances differ by less than rounding may change places. A point is no neighbour of
/// itself, but equal points are of each other.
public struct NearestNeighbours: Sendable {
  /// How near two points are.
  public enum Metric: String, CaseIterable, Sendable {
    /// By the length of their difference.
    case euclidean
    /// By the angle between them; a point at the origin has none, so it neither has nor is a neighbour.
    case cosine
  }

  /// The number of neighbours of a point.
  public let k: Int
  /// How near two points are.
  public let metric: Metric

  /// The elements of a block of distances: 64 MiB.
  private static let blockSize = 1 << 23

  /// Makes the search for `k` neighbours.
  public init(k: Int, metric: Metric) {
    self.k = k
    self.metric = metric
  }

  /// The neighbours of each of points `[n, D]`, the nearest first. Throws if there are fewer than k others.
  public func callAsFunction(_ points: Tensor) throws(TorchError) -> Partners {
    Partners(try neighbourhoods(of: points).map(\.items))
  }

  /// The neighbours of a point, the nearest first.
  public struct Neighbourhood: Sendable {
    /// Which they are.
    public var items: [Int] = []
    /// How far they are: the length of the difference, of `cosine` between points brought to length 1.
    public var distances: [Double] = []
  }

  /// The neighbours of each of points `[n, D]` with their distances. Throws if there are fewer than k others.
  public func neighbourhoods(of points: Tensor) throws(TorchError) -> [Neighbourhood] {
    try withoutGradients { () throws(TorchError) -> [Neighbourhood] in
      guard points.shape.count == 2 else {
        throw TorchError(operation: "NearestNeighbours", message: "expected points [n, D], found \(points.shape)")
      }
      let points = try points.to(.float64)
      let count = points.shape[0]
      switch metric {
      case .euclidean: return try search(points, places: nil, of: count)
      case .cosine:
        let lengths = try (points * points).sum([1], keepingDimensions: true).sqrt()  // [n, 1]
        let known = try lengths.doubles().enumerated().filter { $0.element > 0 }.map(\.offset)
        // Of unit vectors the nearest are those at the smallest angles.
        let units = try points / lengths
        guard known.count < count else { return try search(units, places: nil, of: count) }
        return try search(units.selecting(Tensor(known)), places: known, of: count)
      }
    }
  }

  /// The neighbours of other points `[m, D]` among `points` `[n, D]`, by the length of the difference. An equal point is one,
  /// too. Throws if there are fewer than k points.
  public func neighbourhoods(of others: Tensor, among points: Tensor) throws(TorchError) -> [Neighbourhood] {
    try withoutGradients { () throws(TorchError) -> [Neighbourhood] in
      let middle = try points.to(.float64).mean([0], keepingDimensions: true)
      return try search(others.to(.float64) - middle, among: points.to(.float64) - middle, k)
    }
  }

  /// The neighbours among `points`, which are the items at `places` of all items, or all of them.
  private func search(
    _ points: Tensor, places: [Int]?, of count: Int
  ) throws(TorchError) -> [Neighbourhood] {
    guard k >= 1, k < points.shape[0] else {
      throw TorchError(
        operation: "NearestNeighbours",
        message: "expected more than \(k) points for \(k) neighbours, found \(points.shape[0])")
    }
    // Moving all points changes no distance; near the origin the products lose least to rounding.
    let centred = try points - points.mean([0], keepingDimensions: true)
    var found = [Neighbourhood](repeating: Neighbourhood(), count: count)
    // One more, since a point is its own nearest or, among equal ones, may be left out.
    for (point, near) in try search(centred, among: centred, k + 1).enumerated() {
      let others = near.items.indices.filter { near.items[$0] != point }.prefix(k)
      found[places?[point] ?? point] = Neighbourhood(
        items: others.map { places?[near.items[$0]] ?? near.items[$0] },
        distances: others.map { near.distances[$0] })
    }
    return found
  }

  /// The `count` nearest of `points` to each of `queries`, float64 and near the origin.
  private func search(
    _ queries: Tensor, among points: Tensor, _ count: Int
  ) throws(TorchError) -> [Neighbourhood] {
    guard (1...points.shape[0]).contains(count) else {
      throw TorchError(
        operation: "NearestNeighbours", message: "expected \(count) points or more, found \(points.shape[0])")
    }
    let halves = try (points * points).sum([1]) * -0.5  // [n]
    let rows = max(1, Self.blockSize / points.shape[0])
    var found: [Neighbourhood] = []
    for start in stride(from: 0, to: queries.shape[0], by: rows) {
      let block = try queries.sliced(start..<min(start + rows, queries.shape[0]))
      let squares = try (block * block).sum([1]).doubles()
      // |x - y|^2 = |x|^2 - 2 (x y - |y|^2 / 2): for one x the nearest y is where the bracket is largest.
      let nearest = try block.linear(weight: points, bias: halves).largest(count, along: 1)  // [rows, count]
      let (items, values) = (try nearest.indices.integers(), try nearest.values.doubles())
      for (row, square) in squares.enumerated() {
        let range = (row * count)..<((row + 1) * count)
        found.append(
          Neighbourhood(
            items: Array(items[range]), distances: values[range].map { max(0, square - 2 * $0).squareRoot() }))
      }
    }
    return found
  }
}
