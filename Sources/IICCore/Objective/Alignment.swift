import Torch

extension View {
  /// Maps `[n, C, H, W]` over the places of this view as seen from another view of the same items: what the other shows at
  /// one of its places is taken from where this view shows the same point. What this view does not show is 0.
  ///
  /// The other's place p shows the point A p, and this view shows it at B^-1 A p, with the maps A of the other view and B of
  /// this one. Where that is the identity or a mirror, values are moved and not resampled; elsewhere they are sampled
  /// bilinearly.
  func broughtBack(_ maps: Tensor, to other: View) throws(TorchError) -> Tensor {
    guard let map else { return maps }
    let from = try AffineMaps(other.map, count: count), to = try AffineMaps(map, count: count)
    let between = try to.inverse().after(from)
    guard let mirrors = between.mirrors else {
      let shape = maps.shape
      return try maps.affineSampled(by: between.tensor().to(maps.device), height: shape[2], width: shape[3])
    }
    var maps = maps
    for (dimension, isMirrored) in [(2, mirrors.rows), (3, mirrors.columns)] where isMirrored.contains(true) {
      let flipped = try maps.flipped(along: dimension)
      guard isMirrored.contains(false) else {
        maps = flipped
        continue
      }
      let chosen = try Tensor(isMirrored.map { $0 ? Float(1) : 0 }, shape: [count, 1, 1, 1]).to(maps.device)
      maps = try .where(chosen == 1, flipped, maps)
    }
    return maps
  }
}

/// Affine maps of the plane, one for each item: rows of six numbers, as `View.map` has them.
private struct AffineMaps {
  private var rows: [[Double]]

  /// Takes maps `[n, 2, 3]`; nil stands for `count` identities.
  init(_ maps: Tensor?, count: Int) throws(TorchError) {
    guard let values = try maps?.doubles() else {
      rows = Array(repeating: [1, 0, 0, 0, 1, 0], count: count)
      return
    }
    rows = (0..<values.count / 6).map { Array(values[(6 * $0)..<(6 * $0 + 6)]) }
  }

  /// The maps that lead back. Throws where a map leaves nothing of the plane.
  func inverse() throws(TorchError) -> AffineMaps {
    var inverse = self
    for (place, m) in rows.enumerated() {
      let determinant = m[0] * m[4] - m[1] * m[3]
      guard abs(determinant) > 1e-12 else {
        throw TorchError(operation: "View.broughtBack", message: "found a map \(m) that cannot be inverted")
      }
      let (a, b, c, d) = (m[4] / determinant, -m[1] / determinant, -m[3] / determinant, m[0] / determinant)
      inverse.rows[place] = [a, b, -(a * m[2] + b * m[5]), c, d, -(c * m[2] + d * m[5])]
    }
    return inverse
  }

  /// These maps of what other maps give.
  func after(_ first: AffineMaps) -> AffineMaps {
    var product = self
    for (place, (m, n)) in zip(rows, first.rows).enumerated() {
      product.rows[place] = [
        m[0] * n[0] + m[1] * n[3], m[0] * n[1] + m[1] * n[4], m[0] * n[2] + m[1] * n[5] + m[2],
        m[3] * n[0] + m[4] * n[3], m[3] * n[1] + m[4] * n[4], m[3] * n[2] + m[4] * n[5] + m[5],
      ]
    }
    return product
  }

  /// Which items are mirrored top to bottom and left to right, if nothing else is done to any; nil otherwise.
  var mirrors: (rows: [Bool], columns: [Bool])? {
    let isMirror = rows.allSatisfy { m in
      let rest = [m[1], m[2], m[3], m[5], abs(m[0]) - 1, abs(m[4]) - 1]
      return rest.allSatisfy { abs($0) < 1e-7 }
    }
    return isMirror ? (rows.map { $0[4] < 0 }, rows.map { $0[0] < 0 }) : nil
  }

  /// As a tensor `[n, 2, 3]`.
  func tensor() throws(TorchError) -> Tensor {
    try Tensor(rows.flatMap { $0.map { Float($0) } }, shape: [rows.count, 2, 3])
  }
}
