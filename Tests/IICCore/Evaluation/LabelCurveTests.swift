import Testing

@testable import IICCore

@Suite struct LabelCurveTests {
  private let classes = (0..<300).map { $0 % 3 == 0 ? 0 : 1 } + [4, 4]

  @Test func aCurveHasMeanAndDeviationAndNamesWhatCannotBe() throws {
    var asked: [Int] = []
    let curve = LabelCurve(
      [.perClass(1), .perClass(3), .share(1)], of: classes, draws: 4, random: RandomStream(seed: 0)
    ) { places in
      asked.append(places.count)
      return asked.count % 2 == 0 ? 1 : 0
    }
    #expect(asked == [3, 3, 3, 3, 302])
    #expect(curve.impossible == ["3 per class"])
    #expect(curve.points.map(\.labels) == [3, 302] && curve.points.map(\.draws) == [4, 1])
    #expect(curve.points[0].accuracy == 0.5 && curve.points[0].deviation == 0.5)
  }
}
