import Torch

/// Points `[n, F]` of any type, moved so that their mean is 0, in float64.
///
/// Distances do not change, and what tells points apart that are far from 0 keeps its digits. Only the points as they
/// are given stay in memory; the moved ones are made a block of rows at a time.
struct CentredPoints {
  /// The elements of a block: 8 MiB.
  private static let blockSize = 1 << 20

  /// n, the number of points.
  let count: Int
  private let points: Tensor
  let mean: Tensor  // [1, F]

  init(_ points: Tensor) throws(TorchError) {
    self.points = points
    count = points.shape[0]
    var sum = try Tensor.full([1, points.shape[1]], 0, dtype: .float64)
    for rows in Self.blocks(of: points) {
      sum = try sum + points.sliced(rows).to(.float64).sum([0], keepingDimensions: true)
    }
    mean = try sum / Double(count)
  }

  /// The rows of each block, in order.
  var blocks: [Range<Int>] { Self.blocks(of: points) }

  private static func blocks(of points: Tensor) -> [Range<Int>] {
    let rows = max(1, blockSize / max(1, points.shape[1]))
    return stride(from: 0, to: points.shape[0], by: rows).map { $0..<min($0 + rows, points.shape[0]) }
  }

  /// Consecutive points, `[rows, F]`.
  subscript(rows: Range<Int>) -> Tensor {
    get throws(TorchError) { try points.sliced(rows).to(.float64) - mean }
  }

  /// The points at these places, `[k, F]`.
  func at(_ places: [Int]) throws(TorchError) -> Tensor {
    try points.selecting(Tensor(places)).to(.float64) - mean
  }
}
