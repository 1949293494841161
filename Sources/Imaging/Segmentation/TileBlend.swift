/// Puts a picture's label map together from the probabilities of its tiles, from the top down.
///
/// Where tiles lie over each other their probabilities are added, weighted by a ramp that falls to the rim of each tile, so
/// that no seam shows. The memory is that of one row of tiles.
struct TileBlend {
  private let grid: TileGrid
  private let height, width, clusters: Int
  /// What a tile weighs along an axis.
  private let ramp: [Float]
  /// Weighted probabilities of the rows from `first` on, `[side, width, clusters]`.
  private var strip: [Float]
  /// The first row that is not finished.
  private var first = 0

  init(_ grid: TileGrid, height: Int, width: Int, clusters: Int) {
    (self.grid, self.height, self.width, self.clusters) = (grid, height, width, clusters)
    let length = Float(max(1, grid.overlap))
    ramp = (0..<grid.side).map { min(1, Float(min($0 + 1, grid.side - $0)) / length) }
    strip = Array(repeating: 0, count: min(grid.side, height) * width * clusters)
  }

  /// Adds a tile's probabilities `[K, side, side]`, whose first place is the picture's at `row`, `column`. Tiles come row
  /// by row of the grid.
  mutating func add(_ probabilities: ArraySlice<Float>, row: Int, column: Int) {
    let (side, plane) = (grid.side, grid.side * grid.side)
    probabilities.withUnsafeBufferPointer { values in
      strip.withUnsafeMutableBufferPointer { strip in
        for y in max(0, -row)..<min(side, height - row) {
          for x in max(0, -column)..<min(side, width - column) {
            let weight = ramp[y] * ramp[x]
            let to = ((row + y - first) * width + column + x) * clusters
            for cluster in 0..<clusters { strip[to + cluster] += weight * values[cluster * plane + y * side + x] }
          }
        }
      }
    }
  }

  /// The clusters of the rows above `row` that were not given yet, `[rows, width]`: no tile that comes reaches there.
  mutating func finish(above row: Int) -> [UInt8] {
    let count = max(0, min(row, height) - first)
    guard count > 0 else { return [] }
    var found = [UInt8](repeating: 0, count: count * width)
    for place in found.indices {
      let start = place * clusters
      var best = 0
      for cluster in 1..<clusters where strip[start + cluster] > strip[start + best] { best = cluster }
      found[place] = UInt8(best)
    }
    let used = count * width * clusters
    strip.removeFirst(used)
    strip += repeatElement(0, count: used)
    first += count
    return found
  }
}

/// Brings a map that comes some rows at a time to another size: each place is that of the pixel its middle lies in.
struct RowSizing {
  private let old, new: (height: Int, width: Int)
  private let columns: [Int]
  /// The rows that have come, and those that were given.
  private var come = 0, given = 0

  init(from old: (height: Int, width: Int), to new: (height: Int, width: Int)) {
    (self.old, self.new) = (old, new)
    columns = (0..<new.width).map { (2 * $0 + 1) * old.width / (2 * new.width) }
  }

  /// The rows that follow from the next ones.
  mutating func callAsFunction(_ rows: [UInt8]) -> [UInt8] {
    guard old != new else { return rows }
    let first = come
    come += rows.count / old.width
    var result: [UInt8] = []
    while given < new.height {
      let row = (2 * given + 1) * old.height / (2 * new.height)
      guard row < come else { break }
      let start = (row - first) * old.width
      for column in columns { result.append(rows[start + column]) }
      given += 1
    }
    return result
  }
}
