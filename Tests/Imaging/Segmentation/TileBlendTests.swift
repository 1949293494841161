import IICCore
import Testing

@testable import Imaging

@Suite struct TileBlendTests {
  /// Tiles cut from one map of probabilities give that map's clusters, whatever the sizes.
  @Test(arguments: [(40, 33, 16, 4), (16, 16, 16, 0), (9, 50, 16, 15), (7, 5, 16, 3), (31, 64, 8, 7)])
  func tilesOfAMapGiveItBack(height: Int, width: Int, side: Int, overlap: Int) {
    let clusters = 3
    var numbers = RandomStream(seed: height).numbers()
    let map = (0..<clusters * height * width).map { _ in Float.random(in: 0...1, using: &numbers) }
    func value(_ cluster: Int, _ row: Int, _ column: Int) -> Float {
      guard (0..<height).contains(row), (0..<width).contains(column) else { return 9 }
      return map[(cluster * height + row) * width + column]
    }
    let grid = TileGrid(height: height, width: width, side: side, overlap: overlap)
    var blend = TileBlend(grid, height: height, width: width, clusters: clusters)
    var found: [UInt8] = []
    for row in grid.rows {
      found += blend.finish(above: row)
      for column in grid.columns {
        let tile = (0..<clusters).flatMap { cluster in
          (0..<side).flatMap { y in (0..<side).map { x in value(cluster, row + y, column + x) } }
        }
        blend.add(tile[...], row: row, column: column)
      }
    }
    found += blend.finish(above: height)
    let expected = (0..<height).flatMap { row in
      (0..<width).map { column -> UInt8 in
        let values = (0..<clusters).map { value($0, row, column) }
        return UInt8(values.indices.max { values[$0] < values[$1] } ?? 0)
      }
    }
    #expect(found == expected)
  }

  /// Where two tiles disagree, the nearer middle decides.
  @Test func theRimOfATileWeighsLess() {
    let grid = TileGrid(height: 8, width: 12, side: 8, overlap: 4)
    #expect(grid.rows == [0] && grid.columns == [0, 4])
    var blend = TileBlend(grid, height: 8, width: 12, clusters: 2)
    let one = Array(repeating: Float(1), count: 64), none = Array(repeating: Float(0), count: 64)
    blend.add((one + none)[...], row: 0, column: 0)
    blend.add((none + one)[...], row: 0, column: 4)
    #expect(Array(blend.finish(above: 8).prefix(12)) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
  }

  @Test func tilesCoverAPictureAndNothingBeyond() {
    for (length, side, overlap) in [(100, 30, 10), (30, 30, 5), (31, 30, 0), (61, 20, 19)] {
      let starts = TileGrid(height: length, width: 1, side: side, overlap: overlap).rows
      #expect(starts.first == 0 && starts.last == length - side)
      for (one, next) in zip(starts, starts.dropFirst()) { #expect(next > one && next <= one + side - overlap) }
    }
    #expect(TileGrid(height: 7, width: 10, side: 10, overlap: 2).rows == [-1])
  }
}
