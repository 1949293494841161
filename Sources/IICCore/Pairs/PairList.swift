public import Archive
import Files
public import Manifest
import Reading

/// The `pairs` section of a manifest: a table that says which items belong together.
///
///     left,right,label
///     a,b,4
///     a,c,
///
/// Items are named by id or by row. An item may be in any number of pairs; a step draws one of its partners. A pair
/// named twice counts once. Pairs of an item with itself are left out, unless the table has no others. The column
/// `label` may be absent; it gives both items of the pair a class, which evaluation alone looks at. An empty label and -1
/// give none.
public struct PairList: Sendable, ManifestSection {
  /// What is done about a name that no item has.
  public enum UnknownName: String, CaseIterable, Sendable {
    case fail
    /// The pair is left out.
    case skip
  }

  /// What the names in the table are.
  public enum Naming: String, CaseIterable, Sendable {
    case id
    /// The item's place in the data, counted from 0.
    case row
  }

  /// The table, a CSV file.
  public var source: DataSource
  /// What is done about a name that no item has.
  public var onUnknown = UnknownName.fail
  /// Whether each of two items is a partner of the other; if not, the right one is the left one's.
  public var isSymmetric = true
  /// What the names in the table are.
  public var naming = Naming.id
  /// What stands between the table's fields; nil is found.
  public var separator: CSVSeparator?

  /// Reads a table by ids, and the defaults.
  public init(source: DataSource) { self.source = source }

  public init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("CSV file with the columns left, right and, if wanted, label", isTable: true)
    onUnknown = try section("onUnknown", .choice, default: onUnknown, "what is done about a name that no item has")
    isSymmetric = try section(
      "symmetric", .boolean, default: isSymmetric, "whether right has left as a partner, too")
    naming = try section(
      "names", .choice, default: naming, "whether items are named by their ids or by their rows, counted from 0")
    separator = try section.separator()
  }

  /// What reading a table came to, beside the partners.
  public struct Outcome: Sendable {
    /// What the user should know, a line each.
    public let warnings: [String]
    /// The SHA-256 of the table in hexadecimal digits.
    public let contentHash: String
  }

  /// Gives the items of a dataset their partners and labels. Throws what is wrong with the table.
  public func apply(to dataset: inout Dataset) throws -> Outcome {
    guard dataset.partners == nil else {
      throw UserError(
        "the data itself says which items belong together; expected one of the two, not both: leave this section out, "
          + "or pair each item with itself by the keys under data, such as data.pairs: itself", key: "pairs")
    }
    let bytes = try onlyEntry()
    var table = try PairTable(
      bytes, separator: separator, path: source.path, names: ItemNames(dataset.description, naming))
    try table.read(skippingUnknown: onUnknown == .skip, isSymmetric: isSymmetric)
    try dataset.takeTable(
      table.partners(isSymmetric: isSymmetric), classes: table.classes(beside: dataset.description))
    let (onDisk, inReading) = source.omissions
    let leftOut = [onDisk, inReading].flatMap { LeftOut($0).notes(of: "entries", in: source.path) }
    return Outcome(warnings: table.warnings(dataset) + leftOut, contentHash: try SHA256.hash(of: bytes))
  }

  private func onlyEntry() throws -> [UInt8] {
    var found: [UInt8]?
    try source.forEachEntry { entry in
      guard found == nil else { throw UserError("\(source.path): found several files; expected one table") }
      found = try entry.readAll()
      return true
    }
    return found ?? []
  }
}

/// Finds items by the names that a user gives them.
struct ItemNames {
  let count: Int
  /// How items are called, for messages.
  let hint: String
  /// The item of each id, -1 for an id that several have; nil where rows are the names.
  private let items: [String: Int]?

  init(_ description: DatasetDescription, _ naming: PairList.Naming) {
    count = description.ids.count
    switch naming {
    case .id:
      items = Dictionary(zip(description.ids, 0...), uniquingKeysWith: { _, _ in -1 })
      let examples = description.ids.prefix(2).map { "\"\($0.excerpt(60))\"" }.joined(separator: ", ")
      hint = "items are called by id: \(examples) and so on (pairs.names: row calls them by row)"
    case .row:
      items = nil
      hint = "items are called by row, 0 to \(count - 1)"
    }
  }

  /// The item of a name, -1 if several have it, nil if none has.
  subscript(name: String) -> Int? {
    guard let items else { return Int(name).flatMap { (0..<count).contains($0) ? $0 : nil } }
    return items[name]
  }
}
