import Foundation
import IICCore
import Testing

@Suite struct NeighbourPairsTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    // Two groups on a line, by their directions one.
    try folder.write([1, 1, 2, 2, 3, 3, 10, 10, 11, 11, 12, 12.5], shape: [6, 2], to: "x.npy")
  }

  private func partners(_ data: String) throws -> [[Int]] {
    let partners = try #require(try folder.dataset("source: x.npy, pairs: neighbours, \(data)").partners)
    return (0..<6).map { partners[$0].sorted() }
  }

  @Test func partnersAreTheNearest() throws {
    #expect(
      try partners("neighbours: {k: 2}") == [[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4]])
    #expect(try folder.dataset("source: x.npy, pairs: itself").partners == nil)
  }

  @Test func theMetricAndTheScalingCount() throws {
    let nearest = try partners("neighbours: {k: 5, metric: cosine}, standardise: false")
    #expect(nearest == (0..<6).map { item in (0..<6).filter { $0 != item } })
    // By angle only the last stands apart, so it is nobody's nearest of three.
    let angles = try partners("neighbours: {k: 3, metric: cosine}, standardise: false")
    #expect(angles.map(\.count) == Array(repeating: 3, count: 6))
    #expect(angles.prefix(5).allSatisfy { !$0.contains(5) })
  }

  @Test func theyAreMinedOnceForEachQuestion() throws {
    for _ in 0..<2 { _ = try partners("neighbours: {k: 2}") }
    _ = try partners("neighbours: {k: 3}")
    let files = try FileManager.default.contentsOfDirectory(
      at: folder.cache.folder, includingPropertiesForKeys: nil)
    #expect(files.count { $0.pathExtension == "partners" } == 2)
  }

  @Test func moreThanThereAreIsRefused() throws {
    #expect(
      folder.message("source: x.npy, pairs: neighbours, neighbours: {k: 6}")
        == "data.neighbours.k: found 6; the data has 6 vectors, so at most 5 are allowed")
  }
}
