public import Torch

/// Lloyd's k-means with k-means++ starts (Arthur and Vassilvitskii, 2007): the baseline on raw samples.
public struct KMeans: Sendable {
  /// K, the number of clusters.
  public let clusters: Int
  /// The number of starts; the one of lowest inertia is returned.
  public let starts: Int
  /// The most iterations of a start, 1 or more.
  public let iterations: Int

  /// Makes the method with scikit-learn's usual number of iterations.
  public init(clusters: Int, starts: Int = 4, iterations: Int = 300) {
    self.clusters = clusters
    self.starts = starts
    self.iterations = iterations
  }

  /// The cluster of each row of points `[n, F]` of any type, and the inertia: the sum of squared distances of the
  /// points to the centres that they are assigned to.
  ///
  /// Computed in float64 on points whose mean is 0, a block of them at a time, so that clusters far from 0, or from
  /// each other, keep their digits. A start ends when no point changes its cluster, or after the most iterations: ties
  /// between centres, which rounding decides anew each time, can keep a start moving for ever. Starts that ended either
  /// way are compared.
  ///
  /// - Throws: if there are fewer points than clusters, or if no start has a finite inertia.
  public func callAsFunction(
    _ points: Tensor, random: RandomStream
  ) throws(TorchError) -> (clusters: [Int], inertia: Double) {
    guard points.shape.count == 2, points.shape[0] >= clusters else {
      throw TorchError(
        operation: "KMeans", message: "expected [n, F], n at least \(clusters); found \(points.shape)")
    }
    let points = try CentredPoints(points)
    var best: (clusters: [Int], inertia: Double)?
    for start in 0..<starts {
      var numbers = random.child("start", start).numbers()
      let found = try descend(points, from: seeds(points, &numbers))
      if found.inertia < best?.inertia ?? .infinity { best = found }
    }
    guard let best else {
      throw TorchError(operation: "KMeans", message: "no start has a finite inertia; expected finite points")
    }
    return best
  }

  /// The mean of each cluster's points `[n, F]`, float64 `[K, F]`, where `found` is what this method gave for them. Clusters
  /// without points have the mean of all.
  public func centres(of points: Tensor, clusters found: [Int]) throws(TorchError) -> Tensor {
    let centred = try CentredPoints(points)
    var sums = try Tensor.full([clusters, points.shape[1]], 0, dtype: .float64)
    let unit = try Tensor.identity(clusters, dtype: .float64)
    for rows in centred.blocks {
      let nearest = try Tensor(Array(found[rows]))
      sums = try sums + unit.selecting(nearest).transposed().matmul(centred[rows])
    }
    let none = try Tensor.full([clusters, points.shape[1]], 0, dtype: .float64)
    return try means(sums, found, none) + centred.mean
  }

  /// The nearest of centres `[K, F]` of each of points `[n, F]`, int64 `[n]`.
  public static func nearest(_ points: Tensor, _ centres: Tensor) throws(TorchError) -> Tensor {
    // Between the centres, where differences have their digits.
    let middle = try centres.mean([0], keepingDimensions: true)
    let (points, centres) = (try points.to(.float64) - middle, try centres - middle)
    let lengths = try (centres * centres).sum([1])
    return try (points.matmul(centres.transposed()) * 2 - lengths).argmax(along: 1)
  }

  /// Lloyd's iterations from the first centres `[K, F]`: the last assignment and its inertia.
  private func descend(
    _ points: CentredPoints, from first: Tensor
  ) throws(TorchError) -> (clusters: [Int], inertia: Double) {
    var centres = first
    var last: (clusters: [Int], inertia: Double) = ([], .infinity)
    for _ in 0..<iterations {
      let found = try assign(points, to: centres)
      let isAtRest = found.clusters == last.clusters
      last = (found.clusters, found.inertia)
      if isAtRest { break }
      centres = try means(found.sums, found.clusters, centres)
    }
    return last
  }

  /// The nearest centre of each point, the inertia, and the sum of the points of each centre, `[K, F]`.
  private func assign(
    _ points: CentredPoints, to centres: Tensor
  ) throws(TorchError) -> (clusters: [Int], inertia: Double, sums: Tensor) {
    var found: [Int] = []
    found.reserveCapacity(points.count)
    var inertia = 0.0
    var sums = try Tensor.full(centres.shape, 0, dtype: .float64)
    let unit = try Tensor.identity(clusters, dtype: .float64)
    for rows in points.blocks {
      let block = try points[rows]
      let distances = try squaredDistances(block, centres)
      let nearest = try (-distances).argmax(along: 1)
      found += try nearest.integers()
      inertia += try distances.min([1]).sum().item()
      sums = try sums + unit.selecting(nearest).transposed().matmul(block)
    }
    return (found, inertia, sums)
  }

  private func squaredDistances(_ points: Tensor, _ centres: Tensor) throws(TorchError) -> Tensor {
    let norms = try (points * points).sum([1], keepingDimensions: true)  // [n, 1]
    let lengths = try (centres * centres).sum([1])  // [K]
    return try (norms + lengths - points.matmul(centres.transposed()) * 2).clamped(min: 0)  // [n, K]
  }

  private func seeds(_ points: CentredPoints, _ numbers: inout SplitMix64) throws(TorchError) -> Tensor {
    var chosen = [numbers.below(points.count)]
    var nearest = [Double](repeating: .infinity, count: points.count)
    while chosen.count < clusters {
      let newest = try points.at([chosen[chosen.count - 1]])
      for rows in points.blocks {
        for (row, distance) in zip(rows, try squaredDistances(points[rows], newest).doubles()) {
          nearest[row] = min(nearest[row], distance)
        }
      }
      var target = numbers.unit() * nearest.reduce(0, +)
      let index = nearest.firstIndex { distance in
        target -= distance
        return target < 0
      }
      chosen.append(index ?? numbers.below(points.count))
    }
    return try points.at(chosen)
  }

  /// The mean of each cluster's points, from their sums; an empty cluster keeps its centre.
  private func means(_ sums: Tensor, _ assigned: [Int], _ centres: Tensor) throws(TorchError) -> Tensor {
    var counts = [Double](repeating: 0, count: clusters)
    for cluster in assigned { counts[cluster] += 1 }
    let divisors = try Tensor(counts.map { max($0, 1) }, shape: [clusters, 1])
    let isEmpty = try Tensor(counts.map { $0 == 0 ? 1.0 : 0 }, shape: [clusters, 1])
    return try sums / divisors + centres * isEmpty
  }
}
