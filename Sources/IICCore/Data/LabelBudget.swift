/// How many labels a method is given.
public enum LabelBudget: Sendable, Hashable, CustomStringConvertible {
  /// A share of those that there are, above 0 and up to 1, drawn from all of them alike.
  case share(Double)
  /// As many of each class.
  case perClass(Int)

  /// Those that accuracy is shown against: 1, 2, 5, 10, 50 and 100 %, and 1, 5, 10 and 100 of each class.
  public static let usual: [LabelBudget] =
    [1, 5, 10, 100].map { .perClass($0) } + [0.01, 0.02, 0.05, 0.1, 0.5, 1].map { .share($0) }

  public var description: String {
    switch self {
    case .share(let share): "\(NumberText.percent(share)) %"
    case .perClass(let count): "\(count) per class"
    }
  }

  /// The places, ascending, of the labels that are drawn of `classes`; nil if a class has too few. Classes that have none
  /// at all do not count.
  public func draw(from classes: [Int], random: RandomStream) -> [Int]? {
    var numbers = random.numbers()
    let order = numbers.shuffled(Array(classes.indices))
    switch self {
    case .share(let share):
      let count = max(1, Int((share * Double(classes.count)).rounded()))
      return order.prefix(count).sorted()
    case .perClass(let count):
      var taken: [Int: Int] = [:]
      let drawn = order.filter { place in
        taken[classes[place], default: 0] += 1
        return taken[classes[place], default: 0] <= count
      }
      return taken.values.allSatisfy { $0 >= count } ? drawn.sorted() : nil
    }
  }
}

private enum NumberText {
  static func percent(_ share: Double) -> String {
    let value = 100 * share
    return value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
