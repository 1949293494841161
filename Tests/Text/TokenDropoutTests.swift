import IICCore
import Testing
import Torch

@testable import TextModality

@Suite struct TokenDropoutTests {
  private func tokens(_ rows: [[Int]], length: Int) throws -> Tensor {
    let values = rows.flatMap { $0 + Array(repeating: 0, count: length - $0.count) }
    return try Tensor(values).reshaped([rows.count, length]).to(.int32)
  }

  private func rows(_ tensor: Tensor) throws -> [[Int]] {
    let values = try tensor.integers()
    let length = tensor.shape[1]
    return (0..<tensor.shape[0]).map { Array(values[($0 * length)..<(($0 + 1) * length)]) }
  }

  @Test func tokensAreTakenOutAsOftenAsAsked() throws {
    let text = try tokens(Array(repeating: Array(1...50), count: 400), length: 60)
    let view = try TokenDropout(dropout: 0.3)(text, generator: RandomGenerator(seed: 1))
    #expect(try view.dtype == .int32)
    let views = try rows(view)
    #expect(views.count == 400)
    for row in views {
      #expect(row.enumerated().allSatisfy { $0.element == 0 || $0.offset < 50 && $0.element == $0.offset + 1 })
    }
    // 20,000 draws: the standard deviation of their mean is 0.0032.
    let kept = try Double(view.integers().count { $0 > 0 }) / 20_000
    #expect(abs(kept - 0.7) < 0.013)
    let columns = try (0..<50).map { place in
      try view.sliced(place..<(place + 1), along: 1).integers().count { $0 > 0 }
    }
    #expect(columns.allSatisfy { (220...340).contains($0) })
  }

  @Test func aSpanIsOnePieceOfTheText() throws {
    let text = try tokens(Array(repeating: Array(1...20), count: 200) + [[1, 2, 3, 4]], length: 30)
    let views = try rows(TokenDropout(span: 0.5)(text, generator: RandomGenerator(seed: 1)))
    var starts: Set<Int> = []
    for row in views.dropLast() {
      let missing = (0..<20).filter { row[$0] == 0 }
      let start = try #require(missing.first)
      #expect((10...11).contains(missing.count))
      #expect(missing == Array(start..<(start + missing.count)))
      starts.insert(start)
    }
    #expect(starts == Set(0...10))
    let short = try #require(views.last)
    #expect((2...3).contains(short.prefix(4).count { $0 == 0 }))
  }

  @Test func aTextNeverLosesAllOfItsTokens() throws {
    let text = try tokens(Array(repeating: [7, 8], count: 500), length: 4)
    let views = try rows(TokenDropout(dropout: 0.95)(text, generator: RandomGenerator(seed: 1)))
    // All that can be left of two tokens of which each is taken out nearly always.
    #expect(views.count == 500 && Set(views) == [[7, 8, 0, 0], [7, 0, 0, 0], [0, 8, 0, 0]])
  }

  @Test func withoutChangesAViewIsTheText() throws {
    let text = try tokens([[5, 6, 7]], length: 3)
    #expect(try rows(TokenDropout()(text, generator: RandomGenerator(seed: 1))) == [[5, 6, 7]])
  }

  @Test func viewsFollowFromTheSeed() throws {
    let folder = try Workspace()
    let modality = try folder.modality("source: x")
    let text = try tokens(Array(repeating: Array(1...40), count: 20), length: 40)
    func views(_ seed: Int) throws -> [[Int]] {
      let random = RandomStream(seed: seed)
      return try [modality.baseView(of: text, random: random), modality.transformedView(of: text, random: random)]
        .map { try $0.values.integers() }
    }
    #expect(try views(1) == views(1))
    #expect(try views(1) != views(2))
    #expect(try modality.evaluationViews(of: text).map { try $0.values.integers() } == [text.integers()])
  }
}
