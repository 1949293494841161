import Testing

@testable import IICCore

@Suite struct SampleDescriptionTests {
  /// Small items come in thousands, large ones in as few as 64 MiB hold; pieces are of about one size.
  @Test(arguments: [
    (10, 8, [10]), (1000, 8, [1000]), (1001, 8, [500, 501]), (10, 1 << 24, [3, 3, 4]), (2, 1 << 28, [1, 1]),
    (0, 8, []),
  ])
  func pieces(count: Int, size: Int, expected: [Int]) {
    let description = SampleDescription(shape: [size], element: .uint8, ids: [])
    let items = Array(100..<(100 + count))
    let pieces = description.pieces(of: items)
    #expect(pieces.map(\.count) == expected)
    #expect(pieces.flatMap { $0 } == items)
  }
}
