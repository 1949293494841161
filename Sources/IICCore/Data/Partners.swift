import Files

/// Which items belong together: for each item, the items that may be the other side of its pair.
///
/// Most data needs none: an item is paired with itself, in another view. Items that are close in time, nearest
/// neighbours and pairs that a user names have partners.
public struct Partners: Sendable {
  let starts: [Int]
  let items: [Int32]

  /// Takes the partners of every item, in the order of the dataset; an item without any is not trained on. Whether they
  /// are items is seen when a dataset takes them.
  public init(_ lists: [[Int]]) {
    var starts = [0]
    for list in lists { starts.append((starts.last ?? 0) + list.count) }
    self.starts = starts
    // No dataset has an item that this changes.
    items = lists.flatMap { $0.map(Int32.init(clamping:)) }
  }

  init(starts: [Int], items: [Int32]) {
    self.starts = starts
    self.items = items
  }

  /// The number of items, with partners or without.
  public var count: Int { starts.count - 1 }

  /// The partners of an item.
  public subscript(item: Int) -> [Int] { items[starts[item]..<starts[item + 1]].map(Int.init) }

  /// Whether an item has a partner.
  public func has(_ item: Int) -> Bool { starts[item + 1] > starts[item] }

  /// For each of `indices` one partner, drawn with equal chances; an item without any is its own.
  public func draw(for indices: ArraySlice<Int>, using numbers: inout SplitMix64) -> [Int] {
    indices.map { item in
      has(item) ? Int(items[starts[item] + numbers.below(starts[item + 1] - starts[item])]) : item
    }
  }

  /// Throws unless these are partners of `itemCount` items, and themselves of so many others; nil is as many.
  func validate(itemCount: Int, among others: Int? = nil) throws(UserError) {
    let others = others ?? itemCount
    guard count == itemCount else {
      throw UserError("partners: found those of \(count) items; expected \(itemCount), as many as the data has")
    }
    guard let place = items.firstIndex(where: { !(0..<others).contains(Int($0)) }) else { return }
    let item = starts.lastIndex { $0 <= place } ?? 0
    throw UserError("partners: item \(item): found \(items[place]); expected items from 0 to \(others - 1)")
  }
}
