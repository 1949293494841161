import Archive
import Files
import Reading

/// The rows of a table of pairs, with the items that they name.
struct PairTable {
  private let path: String
  private let names: ItemNames
  private var reader: CSVReader
  private let left, right: Int
  private let label: Int?

  /// Each pair once, in the order of the table.
  private var pairs: [Pair] = []
  private var selfPairs: [Pair] = []
  private var given: [Int: (label: String, line: Int)] = [:]
  private var repeated = LeftOut(), unknown = LeftOut(), ownPartners = LeftOut()

  private struct Pair: Hashable { var left, right: Int32 }

  /// Takes the table's text; reads no more than its header.
  init(_ bytes: [UInt8], separator: CSVSeparator? = nil, path: String, names: ItemNames) throws {
    self.path = path
    self.names = names
    let reader = try CSVReader(bytes, separator: separator, header: true, path: path)
    let expected = "expected left, right and, if wanted, label"
    guard reader.columns.contains("left"), reader.columns.contains("right") else {
      let found = reader.columns.prefix(8).map { "\"\($0.excerpt(60))\"" }.joined(separator: ", ")
      throw reader.error(
        "found the columns \(found), with a \(reader.separator.name) between them (pairs.separator); \(expected)")
    }
    // A column without a name counts the rows: programs write such an index.
    let others = reader.columns.indices.filter { !reader.isNameless($0) }.map { reader.columns[$0] }
    if let other = others.first(where: { !["left", "right", "label"].contains($0) }) {
      throw reader.error("found a column \"\(other.excerpt(60))\"; \(expected)")
    }
    left = try reader.place(of: "left")
    right = try reader.place(of: "right")
    label = try reader.columns.contains("label") ? reader.place(of: "label") : nil
    self.reader = reader
  }

  /// Reads all rows. A name that no item has is an error, or its row is skipped.
  mutating func read(skippingUnknown: Bool, isSymmetric: Bool) throws {
    var seen: Set<Pair> = []
    while let row = try reader.next() {
      guard let one = try item(left, of: row, skippingUnknown),
        let other = try item(right, of: row, skippingUnknown)
      else {
        unknown.add(line: row.line, because: "which name an item that the data does not have")
        continue
      }
      if let label {
        let text = try reader.text(label, of: row)
        if !ClassNumbers.isUnknown(text) { for item in [one, other] { try give(item, text, row) } }
      }
      let pair = Pair(left: Int32(one), right: Int32(other))
      let turned = Pair(left: Int32(other), right: Int32(one))
      let isNew = !(isSymmetric && seen.contains(turned)) && seen.insert(pair).inserted
      if !isNew {
        repeated.add(line: row.line, because: "each of which counts once")
      } else if one == other {
        selfPairs.append(pair)
        ownPartners.add(line: row.line, because: "which are of an item with itself")
      } else {
        pairs.append(pair)
      }
    }
    guard !pairs.isEmpty || !selfPairs.isEmpty else {
      throw reader.error(
        unknown.count == 0
          ? "found no pairs below the header"
          : "none of the \(unknown.count) pairs names two items of the data; \(names.hint)")
    }
  }

  private func item(_ column: Int, of row: CSVRow, _ skippingUnknown: Bool) throws -> Int? {
    let name = try reader.text(column, of: row)
    guard let item = names[name] else {
      if skippingUnknown { return nil }
      throw reader.error("no item is called \"\(name.excerpt(60))\"; \(names.hint)", column, of: row)
    }
    guard item >= 0 else {
      throw reader.error("several items are called \"\(name.excerpt(60))\"; use pairs.names: row", column, of: row)
    }
    return item
  }

  private mutating func give(_ item: Int, _ text: String, _ row: CSVRow) throws {
    if let earlier = given[item], earlier.label != text {
      throw reader.error(
        "an item gets the label \"\(text.excerpt(60))\", but in line \(earlier.line) it got "
          + "\"\(earlier.label.excerpt(60))\"", of: row)
    }
    if given[item] == nil { given[item] = (text, row.line) }
  }

  /// The partners of every item. Pairs of an item with itself are used if there are no others.
  func partners(isSymmetric: Bool) -> Partners {
    var lists = [[Int]](repeating: [], count: names.count)
    for pair in pairs.isEmpty ? selfPairs : pairs {
      lists[Int(pair.left)].append(Int(pair.right))
      if isSymmetric, pair.left != pair.right { lists[Int(pair.right)].append(Int(pair.left)) }
    }
    return Partners(lists)
  }

  /// The classes of all items: those of the data and those that the table gives; nil if it gives none.
  func classes(beside description: DatasetDescription) throws -> ClassNumbers? {
    guard !given.isEmpty else { return nil }
    guard var labels = description.labels else {
      return try ClassNumbers((0..<names.count).map { given[$0]?.label ?? "" }) {
        "\(path): line \(given[$0]?.line ?? 0)"
      }
    }
    let classNames = description.classNames
    for (item, new) in given.sorted(by: { $0.value.line < $1.value.line }) {
      let number =
        classNames.map { $0.firstIndex(of: new.label) }
        ?? ClassNumbers.whole(new.label).flatMap { $0 < 0 ? nil : $0 }
      guard let number, labels[item] < 0 || labels[item] == number else {
        let own =
          labels[item] < 0 ? classNames.map { "one of \($0.count) names" } : description.className(labels[item])
        throw reader.error(
          "line \(new.line): an item gets the label \"\(new.label.excerpt(60))\", but the data's own is "
            + "\((own ?? "a number").excerpt(60))")
      }
      labels[item] = number
    }
    return ClassNumbers(numbers: labels, names: classNames)
  }

  /// What the user should know.
  func warnings(_ dataset: Dataset) -> [String] {
    let lonely = (0..<dataset.count).count { !(dataset.partners?.has($0) ?? false) }
    return unknown.notes(of: "pairs", in: path, "skipped") + repeated.notes(of: "pairs", in: path, "repeated")
      + ownPartners.notes(of: "pairs", in: path, pairs.isEmpty ? "used for want of others" : nil)
      + (lonely > 0 ? ["\(path): items without a partner, which are clustered but not trained on: \(lonely)"] : [])
  }
}
