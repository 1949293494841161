/// Counts what is left out for one reason, to tell the user.
struct LeftOut {
  private let reason: String
  private var count = 0
  private var first = ""

  /// Counts none yet.
  init(_ reason: String) { self.reason = reason }

  /// Notes one more, by its name or by what is wrong with it.
  mutating func add(_ item: String) {
    if count == 0 { first = item }
    count += 1
  }

  /// One line, or none if nothing was left out.
  var notes: [String] { count == 0 ? [] : ["data: left out \(reason): \(count), the first: \(first)"] }
}
