import Testing

@testable import IICCore

@Suite struct LabelBudgetTests {
  private let classes = (0..<300).map { $0 % 3 == 0 ? 0 : 1 } + [4, 4]

  @Test func asManyOfEachClassAreDrawn() throws {
    let random = RandomStream(seed: 1)
    let two = try #require(LabelBudget.perClass(2).draw(from: classes, random: random))
    #expect(two == two.sorted() && Set(two).count == 6)
    for label in [0, 1, 4] { #expect(two.count { classes[$0] == label } == 2) }
    #expect(LabelBudget.perClass(3).draw(from: classes, random: random) == nil)
    #expect(LabelBudget.perClass(2).draw(from: classes, random: random) == two)
    #expect(LabelBudget.perClass(2).draw(from: classes, random: RandomStream(seed: 2)) != two)
  }

  @Test func aShareIsDrawnOfAll() throws {
    let random = RandomStream(seed: 1)
    #expect(LabelBudget.share(0.1).draw(from: classes, random: random)?.count == 30)
    #expect(LabelBudget.share(0.0001).draw(from: classes, random: random)?.count == 1)
    #expect(LabelBudget.share(1).draw(from: classes, random: random) == Array(0..<302))
    #expect(LabelBudget.share(0.015).description == "1.5 %" && LabelBudget.perClass(5).description == "5 per class")
  }
}
