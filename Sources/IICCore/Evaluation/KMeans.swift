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

  /// The cluster of each row of points `[n, F]` float32, and the inertia: the sum of squared distances of the
  /// points to the centres that they are assigned to.
  ///
  /// A start ends when no point changes its cluster, or after the most iterations: ties between centres, which
  /// rounding decides anew each time, can keep a start moving for ever. Starts that ended either way are compared.
  ///
  /// - Throws: if there are fewer points than clusters, or if no start has a finite inertia.
  public func callAsFunction(
    _ points: Tensor, random: RandomStream
  ) throws(TorchError) -> (clusters: [Int], inertia: Double) {
    guard points.shape.count == 2, points.shape[0] >= clusters else {
      throw TorchError(
        operation: "KMeans", message: "expected [n, F], n at least \(clusters); found \(points.shape)")
    }
    let norms = try (points * points).sum([1], keepingDimensions: true)  // [n, 1]
    var best: (clusters: [Int], inertia: Double)?
    for start in 0..<starts {
      var numbers = random.child("start", start).numbers()
      let found = try descend(points, norms, from: seeds(points, norms, &numbers))
      if found.inertia < best?.inertia ?? .infinity { best = found }
    }
    guard let best else {
      throw TorchError(operation: "KMeans", message: "no start has a finite inertia; expected finite points")
    }
    return best
  }

  /// Lloyd's iterations from the first centres: the last assignment and its inertia.
  private func descend(
    _ points: Tensor, _ norms: Tensor, from first: Tensor
  ) throws(TorchError) -> (clusters: [Int], inertia: Double) {
    var centres = first
    var last: (clusters: [Int], inertia: Double) = ([], .infinity)
    for _ in 0..<iterations {
      if !last.clusters.isEmpty { centres = try means(points, last.clusters, centres) }
      let distances = try squaredDistances(points, norms, centres)
      let found = try (-distances).argmax(along: 1).integers()
      let inertia = try distances.min([1]).sum().item()
      let isAtRest = found == last.clusters
      last = (found, inertia)
      if isAtRest { break }
    }
    return last
  }

  private func squaredDistances(_ points: Tensor, _ norms: Tensor, _ centres: Tensor) throws(TorchError) -> Tensor {
    let lengths = try (centres * centres).sum([1])  // [K]
    return try (norms + lengths - points.matmul(centres.transposed()) * 2).clamped(min: 0)  // [n, K]
  }

  private func seeds(
    _ points: Tensor, _ norms: Tensor, _ numbers: inout SplitMix64
  ) throws(TorchError) -> Tensor {
    let count = points.shape[0]
    var chosen = [numbers.below(count)]
    while chosen.count < clusters {
      let nearest = try squaredDistances(points, norms, points.selecting(Tensor(chosen))).min([1]).doubles()
      var target = numbers.unit() * nearest.reduce(0, +)
      let index = nearest.firstIndex { distance in
        target -= distance
        return target < 0
      }
      chosen.append(index ?? numbers.below(count))
    }
    return try points.selecting(Tensor(chosen))
  }

  /// The mean of each cluster's points; an empty cluster keeps its centre.
  private func means(_ points: Tensor, _ assigned: [Int], _ centres: Tensor) throws(TorchError) -> Tensor {
    var members = [[Int]](repeating: [], count: clusters)
    for (index, cluster) in assigned.enumerated() { members[cluster].append(index) }
    var rows: [Tensor] = []
    for (cluster, indices) in members.enumerated() {
      rows.append(
        indices.isEmpty
          ? try centres.sliced(cluster..<(cluster + 1)).reshaped([-1])
          : try points.selecting(Tensor(indices)).mean([0]))
    }
    return try .stacked(rows)
  }
}
