import Files
import Reading
import Testing

@testable import IICCore

@Suite struct DatasetDescriptionTests {
  /// Small items come in batches of 256, large ones in as few as 64 MiB hold; the last piece is what is left.
  @Test(arguments: [
    (10, 8, [10]), (512, 8, [256, 256]), (513, 8, [256, 256, 1]), (10, 1 << 24, [4, 4, 2]), (2, 1 << 28, [1, 1]),
    (0, 8, []),
  ])
  func pieces(count: Int, size: Int, expected: [Int]) {
    let description = DatasetDescription(shape: [size], element: .uint8, ids: [])
    let items = Array(100..<(100 + count))
    let pieces = description.pieces(of: items)
    #expect(pieces.map(\.count) == expected)
    #expect(pieces.flatMap { $0 } == items)
  }

  /// Whatever their number, items are in pieces of two thirds to one and a half times as many as are wanted; fewer than
  /// that only where there are no more.
  @Test func piecesAboutASize() {
    let description = DatasetDescription(shape: [1 << 26], element: .uint8, ids: [])
    for target in [1, 2, 3, 10, 60] {
      for count in 0...200 {
        let items = Array(5..<(5 + count))
        let pieces = description.pieces(of: items, about: target)
        #expect(pieces.flatMap { $0 } == items)
        #expect(pieces.isEmpty == (count == 0))
        guard let least = pieces.map(\.count).min(), let most = pieces.map(\.count).max() else { continue }
        #expect(most - least <= 1)
        #expect(2 * (most - 1) < 3 * target, "\(count) of \(target)")
        #expect(3 * (least + 1) > 2 * target || least == count, "\(count) of \(target)")
      }
    }
  }

  @Test func descriptionsKeepNames() throws {
    var description = DatasetDescription(shape: [1], element: .uint8, ids: ["a", "b", "c"])
    description.setClasses(try ClassNumbers(["dog", "", "cat"]))
    #expect(
      description.labels == [1, -1, 0] && description.classNames == ["cat", "dog"] && description.notes.isEmpty)
    #expect([0, 1, -1].map(description.className) == ["cat", "dog", ""])
    try description.validate()
    description.setClasses(try ClassNumbers(["5", "-1", "5"]))
    #expect(description.labels == [5, -1, 5] && description.classNames == nil)
    #expect([5, -1].map(description.className) == ["5", "-1"])
    #expect(description.notes.first?.hasPrefix("data: all labels are 5, or empty or -1, which is unknown") == true)
    description.setClasses(try ClassNumbers(["", "-1", ""]))
    #expect(description.labels == nil && description.notes.last?.contains("no item's class is known") == true)
  }

  @Test func labelsOutsideTheNamesAreRefused() {
    for labels in [[0, 2], [-2, 0]] {
      let description = DatasetDescription(
        shape: [1], element: .uint8, ids: ["a", "b"], labels: labels, classNames: ["x", "y"])
      #expect(throws: UserError.self) { try description.validate() }
    }
  }
}
