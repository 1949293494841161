import Testing

@testable import IICCore

@Suite struct ClassNumbersTests {
  @Test func wholeNumbersAreTheClasses() {
    #expect(ClassNumbers.of(["7", "", "0", "7"]) == [7, -1, 0, 7])
  }

  @Test func namesAreNumberedInOrder() {
    #expect(ClassNumbers.of(["cat", "ant", "", "cat"]) == [1, 0, -1, 1])
    #expect(ClassNumbers.of(["-1", "2"]) == [0, 1])
    #expect(ClassNumbers.of([]) == [])
  }
}
