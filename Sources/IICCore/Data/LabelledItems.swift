import Archive
public import Files
import Foundation
import Reading

/// The classes of some items, as a user knows them.
public struct LabelledItems: Sendable {
  /// The items, ascending.
  public let items: [Int]
  /// The class of each of them.
  public let classes: [Int]
  /// The name of each class, by its number; nil where classes have none but their numbers.
  public let classNames: [String]?
  /// What messages call them.
  public let source: String
  /// What the user should know of the reading, a line each.
  public private(set) var notes: [String] = []

  /// C, the number of classes: one more than the highest number.
  public var classCount: Int { classNames?.count ?? (classes.max() ?? -1) + 1 }

  /// A class in words.
  public func className(_ number: Int) -> String {
    classNames.flatMap { $0.indices.contains(number) ? $0[number] : nil } ?? "\(number)"
  }

  /// Reads a table with the columns `id` and `label`, as a run's `assignments.csv` has them; others are not read. Classes
  /// are numbered as those of the data, if these are known.
  ///
  /// Throws at a row that names no item of the data, or an item that another row gives another label, at a class that the
  /// data does not have, and if no row has a label.
  public init(contentsOf path: String, of dataset: Dataset) throws {
    var table = try Table(path)
    let rows = try table.rows(dataset.description)
    let found = try Self.classes(rows.map(\.label), dataset.description) { "\(path): line \(rows[$0].line)" }
    self.init(
      Array(zip(rows.map(\.item), found.numbers)), names: found.names, source: path, notes: table.notes)
    notes += missing
  }

  /// Takes the data's own labels of some of its parts. Throws if there are none.
  public init(parts: [String], of dataset: Dataset, key: String = "parts") throws(UserError) {
    let names = parts.joined(separator: ", ")
    let labels = dataset.labels
    let known = try dataset.items(in: parts, key: key).compactMap { item in
      labels.flatMap { $0[item] < 0 ? nil : (item, $0[item]) }
    }
    guard !known.isEmpty else {
      throw UserError("found \(names), where no item has a label; expected parts with labels", key: key)
    }
    self.init(known, names: dataset.description.classNames, source: names)
    notes = missing
  }

  private init(_ found: [(item: Int, label: Int)], names: [String]?, source: String, notes: [String] = []) {
    let sorted = found.sorted { $0.item < $1.item }
    (items, classes, classNames) = (sorted.map(\.item), sorted.map(\.label), names)
    (self.source, self.notes) = (source, notes)
  }

  /// What is said of classes without a label.
  private var missing: [String] {
    let missing = Set(0..<classCount).subtracting(classes).sorted()
    guard !missing.isEmpty else { return [] }
    let shown = missing.prefix(5).map { className($0).excerpt(40) }.joined(separator: ", ")
    return [
      "\(source): \(missing.count) of \(classCount) classes have no label, so that no item is given them: \(shown)"
        + (missing.count > 5 ? ", ..." : "")
    ]
  }

  /// Those at some places of `items`, without notes.
  public func subset(_ places: [Int]) -> LabelledItems {
    LabelledItems(places.map { (items[$0], classes[$0]) }, names: classNames, source: source)
  }

  private static func classes(
    _ labels: [String], _ description: DatasetDescription, at place: (Int) -> String
  ) throws(UserError) -> ClassNumbers {
    guard description.labels != nil else { return try ClassNumbers(labels, at: place) }
    guard let names = description.classNames else {
      let found = try ClassNumbers(labels, at: place)
      guard found.names == nil else {
        throw UserError(
          "\(place(0)): found \"\(labels[0].excerpt(60))\"; expected a whole number, as which the data's own classes are "
            + "written")
      }
      return found
    }
    let numbers = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
    if let unknown = labels.firstIndex(where: { numbers[$0] == nil }) {
      let known = names.prefix(8).map { $0.excerpt(40) }.joined(separator: ", ")
      throw UserError(
        "\(place(unknown)): found the class \"\(labels[unknown].excerpt(60))\"; the data's \(names.count) classes are "
          + known + (names.count > 8 ? ", ..." : ""))
    }
    return ClassNumbers(numbers: labels.map { numbers[$0] ?? -1 }, names: names)
  }
}

/// A table of labels on its way in.
private struct Table {
  private let path: String
  private var reader: CSVReader
  private let id, label: Int
  private(set) var notes: [String] = []

  init(_ path: String) throws {
    self.path = path
    var bytes: [UInt8]?
    try DataSource(path: path).forEachEntry { entry in
      guard bytes == nil else { throw UserError("\(path): found several files; expected one table") }
      bytes = try entry.readAll()
      return true
    }
    let reader = try CSVReader(bytes ?? [], separator: nil, header: true, path: path)
    guard reader.columns.contains("id"), reader.columns.contains("label") else {
      let found = reader.columns.prefix(8).map { "\"\($0.excerpt(60))\"" }.joined(separator: ", ")
      throw reader.error(
        "found the columns \(found), with a \(reader.separator.name) between them; expected id and label")
    }
    (id, label) = (try reader.place(of: "id"), try reader.place(of: "label"))
    let others = reader.columns.filter { !["id", "label"].contains($0) }
    if !others.isEmpty {
      notes.append(
        "\(path): columns that are not read: " + others.prefix(8).map { $0.excerpt(40) }.joined(separator: ", "))
    }
    self.reader = reader
  }

  /// The items with their labels, each once.
  mutating func rows(_ description: DatasetDescription) throws -> [(item: Int, label: String, line: Int)] {
    let items = Dictionary(zip(description.ids, 0...), uniquingKeysWith: { _, _ in -1 })
    var found: [Int: (label: String, line: Int)] = [:]
    var (rows, empty, repeated) = (0, 0, 0)
    var unknown: [(name: String, line: Int)] = []
    while let row = try reader.next() {
      rows += 1
      let name = try reader.text(id, of: row)
      guard let item = items[name] else {
        unknown.append((name, row.line))
        continue
      }
      guard item >= 0 else {
        throw reader.error("several items are called \"\(name.excerpt(60))\"; expected a name of one", id, of: row)
      }
      let text = try reader.text(label, of: row)
      guard !ClassNumbers.isUnknown(text) else {
        empty += 1
        continue
      }
      if let earlier = found[item] {
        guard earlier.label == text else {
          throw reader.error(
            "an item gets the label \"\(text.excerpt(60))\", but in line \(earlier.line) it got "
              + "\"\(earlier.label.excerpt(60))\"", of: row)
        }
        repeated += 1
      } else {
        found[item] = (text, row.line)
      }
    }
    let examples = description.ids.prefix(2).map { "\"\($0.excerpt(60))\"" }.joined(separator: ", ")
    if let first = unknown.first {
      throw reader.error(
        "line \(first.line): no item is called \"\(first.name.excerpt(60))\""
          + (unknown.count > 1 ? ", and \(unknown.count) of \(rows) rows name none" : "")
          + "; items are called by id: \(examples) and so on")
    }
    guard !found.isEmpty else { throw reader.error("found no label below the header; expected some") }
    if empty > 0 { notes.append("\(path): rows without a label, which are not used: \(empty)") }
    if repeated > 0 {
      notes.append("\(path): rows that say again what another said, which count once: \(repeated)")
    }
    return found.map { ($0.key, $0.value.label, $0.value.line) }.sorted { $0.item < $1.item }
  }
}
