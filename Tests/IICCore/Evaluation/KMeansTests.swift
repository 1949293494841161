import Foundation
import IICCore
import Testing
import TestSupport
import Torch

private struct FarPoints: Decodable, CustomTestStringConvertible {
  let name: String
  let clusters: Int
  let points: [[Float]]
  let labels: [Int]
  let inertia: Double

  var testDescription: String { name }
}

@Suite struct KMeansTests {
  private struct Points {
    let rows: [[Double]]

    /// Numbers from 0 to 10, as float32 holds them.
    init(uniform count: Int, _ width: Int, seed: Int) {
      var numbers = RandomStream(seed: seed).numbers()
      rows = (0..<count).map { _ in (0..<width).map { _ in Double(Float.random(in: 0...10, using: &numbers)) } }
    }

    init(_ rows: [[Double]]) { self.rows = rows }

    func tensor() throws -> Tensor {
      try Tensor(rows.flatMap(\.self).map(Float.init), shape: [rows.count, rows[0].count])
    }

    func mean(_ indices: [Int]) -> [Double] {
      rows[0].indices.map { place in indices.reduce(0) { $0 + rows[$1][place] } / Double(indices.count) }
    }

    func distance(_ index: Int, _ centre: [Double]) -> Double {
      zip(rows[index], centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// The sum of squared distances of the points to the means of their clusters.
    func inertia(_ clusters: [Int]) -> Double {
      var sum = 0.0
      for members in Dictionary(grouping: rows.indices, by: { clusters[$0] }).values {
        let centre = mean(members)
        for index in members { sum += distance(index, centre) }
      }
      return sum
    }
  }

  @Test func separatedBlobsAreFoundExactly() throws {
    var numbers = RandomStream(seed: 1).numbers()
    let labels = (0..<120).map { $0 % 3 }
    let points = Points(
      labels.map { label in
        (0..<5).map { ($0 == label ? 10 : 0) + Double.random(in: -0.5...0.5, using: &numbers) }
      })
    let found = try KMeans(clusters: 3)(points.tensor(), random: RandomStream(seed: 2))
    #expect(try ClusteringScores(clusters: found.clusters, classes: labels).acc == 1)
    #expect(abs(found.inertia - points.inertia(labels)) < 1e-2)
  }

  /// What a start that came to rest returns: each point's centre is the mean of its cluster and the nearest mean.
  @Test(arguments: [3, 4, 5]) func aStartAtRestIsAFixedPoint(seed: Int) throws {
    let points = Points(uniform: 200, 4, seed: seed)
    let found = try KMeans(clusters: 6)(points.tensor(), random: RandomStream(seed: seed))
    #expect(abs(found.inertia - points.inertia(found.clusters)) < 1e-4 * found.inertia)
    let members = Dictionary(grouping: points.rows.indices, by: { found.clusters[$0] })
    let centres = members.mapValues(points.mean)
    #expect(centres.count == 6)
    for (index, cluster) in found.clusters.enumerated() {
      let own = points.distance(index, try #require(centres[cluster]))
      let nearest = centres.values.map { points.distance(index, $0) }.min() ?? 0
      #expect(own - nearest < 1e-3)
    }
  }

  /// The best of all 3^10 assignments, by trying them.
  @Test(arguments: [6, 7, 8]) func manyStartsFindTheOptimum(seed: Int) throws {
    let points = Points(uniform: 10, 2, seed: seed)
    let powers = (0..<10).map { place in (0..<place).reduce(1) { product, _ in 3 * product } }
    var optimum = Double.infinity
    for number in 0..<59_049 { optimum = min(optimum, points.inertia(powers.map { number / $0 % 3 })) }
    let found = try KMeans(clusters: 3, starts: 200)(points.tensor(), random: RandomStream(seed: seed))
    #expect(abs(found.inertia - optimum) < 1e-3)
    #expect(abs(points.inertia(found.clusters) - optimum) < 1e-3)
  }

  @Test(arguments: try fixtures.json("kmeans.json", as: [FarPoints].self))
  private func agreesWithScikitLearnFarFromZero(expected: FarPoints) throws {
    let points = try Tensor(
      expected.points.flatMap(\.self), shape: [expected.points.count, expected.points[0].count])
    let found = try KMeans(clusters: expected.clusters, starts: 100)(points, random: RandomStream(seed: 1))
    #expect(abs(found.inertia - expected.inertia) < 1e-6 * expected.inertia)
    #expect(try ClusteringScores(clusters: found.clusters, classes: expected.labels).acc == 1)
  }

  /// Whole numbers in four groups 100,001 and 2 apart: centres and inertia are known, and bytes are points too.
  @Test func groupsFarApartKeepTheirInertia() throws {
    let columns = (0..<40).map { item in
      let (far, near): (Int, Int) = (item % 2 * 100_001, item / 2 % 2 * 2)
      return Double(16_000_000 + far + near)
    }
    let points = try Points(columns.map { [$0, 0] }).tensor()
    let found = try KMeans(clusters: 4)(points, random: RandomStream(seed: 0))
    #expect(found.inertia == 0)
    #expect(Set(found.clusters.prefix(4)).count == 4)
    let two = try KMeans(clusters: 2)(points, random: RandomStream(seed: 0))
    // Each point is 1 from the middle of its two.
    #expect(abs(two.inertia - 40) < 1e-6)
    let bytes = try Tensor((0..<6).map { Float([250, 251, 255][$0 % 3]) }, shape: [6, 1]).to(.uint8)
    let found8 = try KMeans(clusters: 2)(bytes, random: RandomStream(seed: 0))
    #expect(abs(found8.inertia - 1) < 1e-9 && found8.clusters[0] == found8.clusters[1])
  }

  /// More rows than one block of them.
  @Test func blocksAreAddedUp() throws {
    let points = try Tensor((0..<1_500_000).map { Float($0 % 2 * 10) + 5000 }, shape: [1_500_000, 1])
    let found = try KMeans(clusters: 2, starts: 1)(points, random: RandomStream(seed: 0))
    #expect(found.inertia < 1e-6 && found.clusters[0] != found.clusters[1])
    #expect(found.clusters.enumerated().allSatisfy { $1 == found.clusters[$0 % 2] })
  }

  @Test func startsAreComparedByInertia() throws {
    let points = try Points(uniform: 200, 2, seed: 9).tensor()
    var gains: [Double] = []
    for seed in 0..<4 {
      let found = try (1...12).map { starts in
        try KMeans(clusters: 8, starts: starts)(points, random: RandomStream(seed: seed)).inertia
      }
      #expect(zip(found, found.dropFirst()).allSatisfy { $0 >= $1 })
      gains.append(found[0] - found[11])
    }
    #expect(gains.contains { $0 > 0 })
  }

  @Test func aStartThatStillMovesCounts() throws {
    let points = Points(uniform: 200, 4, seed: 10)
    let tensor = try points.tensor()
    let inertias = try [1, 2, 3, 5, 300].map { iterations in
      let found = try KMeans(clusters: 6, starts: 1, iterations: iterations)(tensor, random: RandomStream(seed: 0))
      #expect(found.clusters.count == 200 && Set(found.clusters).isSubset(of: 0..<6))
      // The means of its clusters are nearer to the points than the centres that they were assigned to.
      #expect(points.inertia(found.clusters) < found.inertia * (1 + 1e-4))
      return found.inertia
    }
    #expect(zip(inertias, inertias.dropFirst()).allSatisfy { $1 < $0 * (1 + 1e-4) })
    #expect(inertias[0] > 1.05 * inertias[4])
    // Several starts that still move are compared as well.
    let best = try KMeans(clusters: 6, starts: 8, iterations: 1)(tensor, random: RandomStream(seed: 0))
    #expect(best.inertia <= inertias[0])
  }

  @Test func pointsThatAreTheSameShareACentre() throws {
    let same = try Points([[Double]](repeating: [1, 2], count: 5)).tensor()
    #expect(try KMeans(clusters: 3)(same, random: RandomStream(seed: 0)).inertia == 0)
    let apart = try Points([[0, 0], [8, 0], [0, 8], [8, 8]]).tensor()
    let found = try KMeans(clusters: 4)(apart, random: RandomStream(seed: 0))
    #expect(found.inertia == 0 && Set(found.clusters).count == 4)
  }

  @Test func whatCannotBeClusteredIsRefused() throws {
    let method = KMeans(clusters: 3)
    let random = RandomStream(seed: 0)
    let few = #expect(throws: TorchError.self) { try method(Tensor.zeros([2, 4]), random: random) }
    #expect(few?.description == "KMeans: expected [n, F], n at least 3; found [2, 4]")
    #expect(throws: TorchError.self) { try method(Tensor.zeros([12]), random: random) }
    let broken = try Tensor([1, 2, .nan, 4] as [Float], shape: [4, 1])
    let error = #expect(throws: TorchError.self) { try method(broken, random: random) }
    #expect(error?.description.contains("finite") == true)
  }

  @Test func centresAreTheMeansAndPointsGoToTheNearest() throws {
    let generator = try RandomGenerator(seed: 1)
    let points = try generator.normal([200, 3]) + 10_000
    let method = KMeans(clusters: 4)
    let found = try method(points, random: RandomStream(seed: 0)).clusters
    let centres = try method.centres(of: points, clusters: found)
    let (values, means) = (try points.doubles(), try centres.doubles())
    for cluster in 0..<4 {
      let rows = found.indices.filter { found[$0] == cluster }
      for axis in 0..<3 {
        let mean = rows.reduce(0) { $0 + values[$1 * 3 + axis] } / Double(rows.count)
        #expect(abs(mean - means[cluster * 3 + axis]) < 1e-6)
      }
    }
    #expect(try KMeans.nearest(points, centres).integers() == found)
  }
}
