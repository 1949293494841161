import Foundation
public import Torch

/// Labels spread from the items that have one along a graph of nearest neighbours (Zhou et al., 2004): the items without
/// labels say where classes lie.
///
/// With W_ij = max(cos(x_i, x_j), 0)^3 where one of i and j is among the other's k nearest, D the diagonal of its row sums
/// and S = D^-1/2 W D^-1/2, the scores
///
///     F <- a S F + (1 - a) Y,  a = 0.99,
///
/// begin with the labels Y and are taken where they hardly change; an item has the class of its highest one.
public struct LabelSpreading {
  private static let alpha = 0.99, tolerance = 1e-4, mostIterations = 1000
  /// The graph, row by row: the entries of S.
  private var columns: [[(column: Int, weight: Double)]]

  /// Joins each row of features `[n, F]` with its nearest neighbours. Throws if there are no more than so many rows.
  public init(_ features: Tensor, neighbours: Int = 20) throws(TorchError) {
    let found = try NearestNeighbours(k: neighbours, metric: .cosine).neighbourhoods(of: features)
    var weights: [[Int: Double]] = Array(repeating: [:], count: found.count)
    for (row, neighbourhood) in found.enumerated() {
      for (column, distance) in zip(neighbourhood.items, neighbourhood.distances) {
        let weight = pow(max(0, 1 - distance * distance / 2), 3)
        weights[row][column] = weight
        weights[column][row] = weight
      }
    }
    let degrees = weights.map { $0.values.reduce(0, +) }
    columns = weights.enumerated().map { row, entries in
      entries.sorted { $0.key < $1.key }.map { column, weight in
        (column, weight / max((degrees[row] * degrees[column]).squareRoot(), .leastNormalMagnitude))
      }
    }
  }

  /// The class of every row, by those of some; nil for one that no path joins with any of these.
  public func callAsFunction(rows: [Int], classes: [Int], classCount: Int) -> [Int?] {
    var start = [Double](repeating: 0, count: columns.count * classCount)
    for (row, label) in zip(rows, classes) { start[row * classCount + label] = 1 }
    var scores = start
    for _ in 0..<Self.mostIterations {
      var next = start.map { (1 - Self.alpha) * $0 }
      next.withUnsafeMutableBufferPointer { next in
        for (row, entries) in columns.enumerated() {
          for entry in entries {
            let weight = Self.alpha * entry.weight
            for label in 0..<classCount {
              next[row * classCount + label] += weight * scores[entry.column * classCount + label]
            }
          }
        }
      }
      let change = zip(next, scores).reduce(0) { max($0, abs($1.0 - $1.1)) }
      scores = next
      if change < Self.tolerance * (scores.max() ?? 0) { break }
    }
    return columns.indices.map { row in
      let own = scores[(row * classCount)..<((row + 1) * classCount)]
      guard let best = own.max(), best > 0 else { return nil }
      return own.firstIndex(of: best).map { $0 - row * classCount }
    }
  }
}
