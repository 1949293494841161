import Archive
import Testing

@testable import ImageModality

@Suite struct FileOrderTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture() }

  /// What comes of one pass over files of 10, 20, 30 bytes and so on in the order `given`, with a limit of bytes held.
  private func pass(_ given: [Int], _ order: inout FileOrder, name: String = "s.tar") throws -> [String] {
    let entries = given.map { ("\($0)", [UInt8](repeating: UInt8($0), count: 10 * $0)) }
    var used: [String] = []
    try DataSource(path: fixture.tar(entries, to: name)).forEachEntry { entry in
      try order.take(entry, as: entry.name) { file, entry in
        let bytes = try entry.readAll()
        let expected = Int(file).map { [UInt8](repeating: UInt8($0), count: 10 * $0) }
        #expect(file == entry.name && bytes == expected && entry.size == bytes.count)
        used.append(file)
      }
      return true
    }
    return used
  }

  @Test(arguments: [[1, 2, 3, 4, 5], [1, 3, 4, 5, 2], [5, 4, 3, 2, 1], [2, 1, 4, 3, 5]])
  func onePassIsEnoughWithMemory(_ given: [Int]) throws {
    var order = FileOrder(["1", "2", "3", "4", "5"])
    let used = try pass(given, &order)
    #expect(used == ["1", "2", "3", "4", "5"])
    #expect(order.isDone && order.left == 0)
  }

  /// 4 is held, 40 bytes; 5 would be 90 in all. Held files are given back when their turn comes.
  @Test func whatTheLimitDoesNotAllowIsLeftForAnotherPass() throws {
    var order = FileOrder(["1", "2", "3", "4", "5"], limit: 80)
    let first = try pass([4, 5, 3, 1, 2], &order)
    #expect(first == ["1", "2", "3", "4"] && !order.isDone && order.left == 1)
    let second = try pass([4, 5, 3, 1, 2], &order)
    #expect(second == ["5"])
    #expect(order.isDone)
  }

  @Test func nothingIsHeldWithoutMemory() throws {
    var order = FileOrder(["1", "2", "3"], limit: 0)
    var passes: [[String]] = []
    for _ in 0..<3 { passes.append(try pass([3, 2, 1], &order)) }
    #expect(passes == [["1"], ["2"], ["3"]])
  }

  @Test func filesThatAreNowhereDoNotHoldOthersUp() throws {
    var order = FileOrder(["1", "2", "3"])
    let none = try pass([3, 2], &order)
    #expect(none.isEmpty)
    var used: [String] = []
    try order.leaveOut(["1"]) { file, _ in used.append(file) }
    #expect(used == ["2", "3"] && order.isDone)
  }
}
