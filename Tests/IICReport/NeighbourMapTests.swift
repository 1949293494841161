import IICCore
import Testing
import Torch

@testable import IICReport

@Suite struct NeighbourMapTests {
  /// 60 points around each of four centres in 20 dimensions; item i is of centre i % 4.
  private func points(_ count: Int = 240, seed: UInt64 = 1) throws -> Tensor {
    let noise = try RandomGenerator(seed: seed).normal([count, 20]).floats()
    let values = noise.enumerated().map { place, value in
      value + (place % 20 == 3 * ((place / 20) % 4) ? 12 : 0)
    }
    return try Tensor(values, shape: [count, 20])
  }

  /// The share of points whose nearest other point in the plane is of their own centre.
  private func purity(_ places: [Float]) -> Double {
    let count = places.count / 2
    let good = (0..<count).count { one in
      let nearest = (0..<count).filter { $0 != one }.min { a, b in
        distance(places, one, a) < distance(places, one, b)
      }
      return nearest.map { $0 % 4 == one % 4 } ?? false
    }
    return Double(good) / Double(count)
  }

  private func distance(_ places: [Float], _ one: Int, _ other: Int) -> Float {
    let (x, y) = (places[2 * one] - places[2 * other], places[2 * one + 1] - places[2 * other + 1])
    return x * x + y * y
  }

  private func place(_ places: [Float], _ item: Int) -> SIMD2<Float> {
    SIMD2(places[2 * item], places[2 * item + 1])
  }

  @Test func neighboursStayNeighboursAndSeedsDecide() throws {
    let map = try NeighbourMap(points(), seed: 0)
    #expect(map.places.count == 480 && map.places.allSatisfy(\.isFinite))
    #expect(purity(map.places) == 1)
    // Centres lie apart: between two of them it is farther than within one.
    func centre(_ number: Int) -> SIMD2<Float> {
      var sum = SIMD2<Float>()
      for item in stride(from: number, to: 240, by: 4) { sum += place(map.places, item) }
      return sum / 60
    }
    func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }
    var spread: Float = 0
    for item in stride(from: 0, to: 240, by: 4) {
      spread = max(spread, length(place(map.places, item) - centre(0)))
    }
    for other in 1..<4 { #expect(length(centre(other) - centre(0)) > spread) }
    #expect(try NeighbourMap(points(), seed: 0).places == map.places)
    #expect(try NeighbourMap(points(), seed: 1).places != map.places)
  }

  @Test func othersArePlacedAmongThoseThatAreThere() throws {
    let map = try NeighbourMap(points(), seed: 0)
    // The same points lie where they lay.
    #expect(try map.places(of: points()) == map.places)
    let others = try map.places(of: points(80, seed: 2))
    for item in 0..<80 {
      let own = place(others, item)
      var (nearest, least) = (0, Float.infinity)
      for known in 0..<240 {
        let apart = place(map.places, known) - own
        let square = (apart * apart).sum()
        if square < least { (nearest, least) = (known, square) }
      }
      #expect(nearest % 4 == item % 4)
    }
  }

  @Test func fewAndEqualPointsHavePlaces() throws {
    #expect(throws: TorchError.self) { try NeighbourMap(Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]), seed: 0) }
    let same = try NeighbourMap(Tensor([Float](repeating: 1, count: 40), shape: [20, 2]), seed: 0)
    #expect(same.places.count == 40 && same.places.allSatisfy(\.isFinite))
  }
}
