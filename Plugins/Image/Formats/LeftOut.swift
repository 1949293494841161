/// Counts what is left out for one reason and names the first of it, to tell the user.
struct LeftOut {
  /// The most items that are named.
  private static let nameLimit = 20

  private let reason: String
  private var count = 0
  private var names: [String] = []

  /// Counts none yet.
  init(_ reason: String) { self.reason = reason }

  /// Notes one more, by its name or by what is wrong with it, in one line.
  mutating func add(_ item: String) {
    count += 1
    if names.count < Self.nameLimit { names.append(item) }
  }

  /// One line, or none if nothing was left out.
  var notes: [String] {
    guard count > 0 else { return [] }
    let extent = count > names.count ? "\(count), the first \(names.count)" : "\(count)"
    return ["data: left out \(reason): \(extent): \(names.joined(separator: "; "))"]
  }
}
