import Testing
import Torch

@testable import IICCore

@Suite struct NearestNeighboursTests {
  /// The k nearest by a distance, every pair in double precision; equal distances are not expected.
  private func slowly(
    _ points: [[Double]], k: Int, _ distance: ([Double], [Double]) -> Double
  ) -> [[Int]] {
    points.indices.map { item in
      points.indices.filter { $0 != item }
        .sorted { distance(points[item], points[$0]) < distance(points[item], points[$1]) }
        .prefix(k).map { $0 }
    }
  }

  private func euclidean(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  private func cosine(_ a: [Double], _ b: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return -product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  private func lists(_ partners: Partners) -> [[Int]] { (0..<partners.count).map { partners[$0] } }

  @Test(arguments: [NearestNeighbours.Metric.euclidean, .cosine], [0.0, 300.0, 10_000.0])
  func theyAreThoseOfComparingEveryPair(metric: NearestNeighbours.Metric, shift: Double) throws {
    // A cloud far from the origin: distances and angles are small beside lengths.
    let tensor = try RandomStream(seed: 1).generator().normal([60, 5]) + shift
    let values = try tensor.doubles()
    let points = (0..<60).map { Array(values[($0 * 5)..<($0 * 5 + 5)]) }
    let found = try lists(NearestNeighbours(k: 7, metric: metric)(tensor))
    #expect(found == slowly(points, k: 7, metric == .euclidean ? euclidean : cosine))
  }

  /// Groups 20,000 apart whose points are some 1 apart.
  @Test(arguments: [NearestNeighbours.Metric.euclidean, .cosine])
  func groupsFarApartKeepTheirNeighbours(metric: NearestNeighbours.Metric) throws {
    let cloud = try RandomStream(seed: 2).generator().normal([60, 5])
    let places = try Tensor((0..<300).map { Float(($0 / 5 + $0 % 5) % 2 == 0 ? 10_000 : -10_000) }, shape: [60, 5])
    let tensor = try cloud + places
    let values = try tensor.doubles()
    let points = (0..<60).map { Array(values[($0 * 5)..<($0 * 5 + 5)]) }
    let found = try lists(NearestNeighbours(k: 7, metric: metric)(tensor))
    #expect(found == slowly(points, k: 7, metric == .euclidean ? euclidean : cosine))
  }

  @Test func blocksOfRowsGiveWhatOneBlockGives() throws {
    // 6000 points need five blocks. On a line each point's nearest are the ones beside it.
    let line = try Tensor((0..<6000).map { Float($0) + ($0 % 2 == 0 ? 0 : 0.25) }, shape: [6000, 1])
    let found = try lists(NearestNeighbours(k: 2, metric: .euclidean)(line))
    #expect(found[3000] == [3001, 2999] || found[3000] == [2999, 3001])
    #expect(found.enumerated().dropFirst().dropLast().allSatisfy { Set($1) == [$0 - 1, $0 + 1] })
  }

  @Test func equalPointsAreNeighboursAndNeverTheirOwn() throws {
    let points = try Tensor([0, 0, 0, 0, 9] as [Float], shape: [5, 1])
    let found = try lists(NearestNeighbours(k: 2, metric: .euclidean)(points))
    for item in 0..<4 { #expect(found[item].count == 2 && found[item].allSatisfy { $0 != item && $0 < 4 }) }
    #expect(found[4].count == 2 && !found[4].contains(4))
  }

  @Test func aPointAtTheOriginHasNoDirection() throws {
    let points = try Tensor([1, 0, 0, 0, 1, 0.1, 0, 1] as [Float], shape: [4, 2])
    #expect(try lists(NearestNeighbours(k: 1, metric: .cosine)(points)) == [[2], [], [0], [2]])
  }

  @Test func moreNeighboursThanOthersAreRefused() throws {
    let points = try Tensor([1, 2, 3] as [Float], shape: [3, 1])
    #expect(throws: TorchError.self) { try NearestNeighbours(k: 3, metric: .euclidean)(points) }
    #expect(try NearestNeighbours(k: 2, metric: .euclidean)(points)[0] == [1, 2])
  }
}
