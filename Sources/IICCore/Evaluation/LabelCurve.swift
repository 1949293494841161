/// How accurate a method is with more and more labels.
public struct LabelCurve: Sendable, Codable {
  /// The accuracy with so many labels, over several draws of them.
  public struct Point: Sendable, Codable {
    /// How many labels were asked for, in words.
    public let budget: String
    /// The labels that were used.
    public let labels: Int
    /// The number of draws; of all labels there is one only.
    public let draws: Int
    /// The mean accuracy on the scored items.
    public let accuracy: Double
    /// Its population standard deviation over the draws.
    public let deviation: Double
  }

  /// The points, by the number of labels.
  public let points: [Point]
  /// The budgets that the labels do not suffice for, in words.
  public let impossible: [String]

  /// Draws labels and asks for the accuracy with those at the places drawn.
  public init(
    _ budgets: [LabelBudget] = LabelBudget.usual, of classes: [Int], draws: Int, random: RandomStream,
    accuracy: ([Int]) throws -> Double
  ) rethrows {
    var points: [Point] = []
    var impossible: [String] = []
    for budget in budgets {
      var values: [Double] = []
      var labels = 0
      for draw in 0..<draws {
        guard let places = budget.draw(from: classes, random: random.child("\(budget)", draw)) else { break }
        labels = places.count
        values.append(try accuracy(places))
        if places.count == classes.count { break }
      }
      guard !values.isEmpty else {
        impossible.append("\(budget)")
        continue
      }
      let mean = EvaluationReport.Mean(of: values)
      points.append(
        Point(
          budget: "\(budget)", labels: labels, draws: values.count, accuracy: mean.acc, deviation: mean.accStd))
    }
    self.points = points.sorted { $0.labels < $1.labels }
    self.impossible = impossible
  }
}
