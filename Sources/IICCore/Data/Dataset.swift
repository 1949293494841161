public import Torch

/// Items of one shape that can be read in any order, with their names and, where known, their classes.
public struct Dataset: Sendable {
  /// What the items are and where they are kept.
  public internal(set) var description: SampleDescription
  /// Which items belong together; nil pairs each item with itself.
  public private(set) var partners: Partners?
  /// The classes before a table of pairs was taken; nil if none was.
  private var beforeTable: (labels: [Int]?, classNames: [String]?)?
  private let file: MappedFile

  init(description: SampleDescription, file: MappedFile) {
    self.description = description
    self.file = file
  }

  /// Says which items belong together; nil pairs each item with itself. Throws, and changes nothing, unless there is a
  /// list for each item that holds items of this data alone.
  public mutating func setPartners(_ partners: Partners?) throws(DataError) {
    try partners?.validate(itemCount: count)
    self.partners = partners
    beforeTable = nil
  }

  /// Takes the partners that a table names and, if it gives any, the classes.
  mutating func takeTable(_ partners: Partners, classes: ClassNumbers?) throws(DataError) {
    try setPartners(partners)
    beforeTable = (description.labels, description.classNames)
    if let classes { (description.labels, description.classNames) = (classes.numbers, classes.names) }
  }

  /// The dataset as it was before a table of pairs was taken: what another experiment may use.
  var withoutTable: Dataset {
    guard let beforeTable else { return self }
    var dataset = self
    (dataset.partners, dataset.beforeTable) = (nil, nil)
    (dataset.description.labels, dataset.description.classNames) = beforeTable
    return dataset
  }

  /// Adds a line about what the user should know of the data.
  public mutating func note(_ line: String) { description.notes.append(line) }

  /// The number of items.
  public var count: Int { description.ids.count }

  /// Adds what the user should know of this reading that is not true of every reading of the same bytes.
  public mutating func note(_ lines: [String]) { description.notes += lines }

  /// The class of each item, -1 where it is unknown, or nil if all are. Nothing but evaluation looks at them.
  public var labels: [Int]? { description.labels }

  /// The items of the parts with these names, or of all parts.
  public func items(in parts: [String]?, key: String) throws(DataError) -> [Int] {
    guard let parts else { return Array(0..<count) }
    var ranges: [String: Range<Int>] = [:]
    var start = 0
    for part in description.parts {
      ranges[part.name] = start..<(start + part.count)
      start += part.count
    }
    var items: [Int] = []
    for name in parts {
      guard let range = ranges[name] else {
        let known = description.parts.map(\.name).joined(separator: ", ")
        throw DataError(
          "found \"\(name)\"; " + (known.isEmpty ? "this data has no parts" : "this data's parts are \(known)"),
          key: key)
      }
      items += range
    }
    return items
  }

  /// The samples at `indices`, in that order: `[n, ...]`.
  public func samples(at indices: ArraySlice<Int>) throws(TorchError) -> Tensor {
    try tensor(bytes(at: indices))
  }

  /// The bytes of the samples at `indices`, one after the other. Any thread may read them.
  func bytes(at indices: ArraySlice<Int>) -> [UInt8] {
    let size = description.sampleByteCount
    return [UInt8](unsafeUninitializedCapacity: indices.count * size) { buffer, filled in
      guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
      for (place, index) in indices.enumerated() {
        file.copy((index * size)..<((index + 1) * size), to: base + place * size)
      }
      filled = indices.count * size
    }
  }

  /// Samples whose bytes were read: `[n, ...]`.
  func tensor(_ bytes: [UInt8]) throws(TorchError) -> Tensor {
    let shape = [bytes.count / description.sampleByteCount] + description.shape
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(TorchError) in
        try Tensor(bytes: bytes, shape: shape, dtype: description.element.dataType)
      }
    }
    return try result.get()
  }
}

/// What a dataset holds, without the samples themselves.
public struct SampleDescription: Sendable, Codable, Equatable {
  /// The type of a sample's elements.
  public enum Element: String, Sendable, Codable {
    case uint8, int16, int32, float32

    var byteCount: Int {
      switch self {
      case .uint8: 1
      case .int16: 2
      case .int32, .float32: 4
      }
    }

    var dataType: DataType {
      switch self {
      case .uint8: .uint8
      case .int16: .int16
      case .int32: .int32
      case .float32: .float32
      }
    }
  }

  /// The shape of one sample, without the item dimension.
  public var shape: [Int]
  /// The type of a sample's elements.
  public var element: Element
  /// A name for each item, as it appears in the results.
  public var ids: [String]
  /// The class of each item, -1 where it is unknown, or nil if all are.
  public var labels: [Int]?
  /// The name of each class, by its number; nil where classes have no names but their numbers.
  public var classNames: [String]?
  /// Consecutive runs of items that a manifest may name, such as `train` and `test`; empty if there is one only.
  public var parts: [Part]
  /// The group of each item, by its place in `groupIDs`: what several items were taken from, for one.
  public var groups: [Int]?
  /// A name for each group.
  public var groupIDs: [String]
  /// What the user should know about the reading, such as how many items were left out and why.
  public var notes: [String] = []
  /// The SHA-256 of the sources on disk, in hexadecimal digits.
  public var contentHash: String = ""

  /// A run of items with a name.
  public struct Part: Sendable, Codable, Equatable {
    /// The name, by which heads and evaluation choose what they work on.
    public var name: String
    /// The number of items.
    public var count: Int

    /// Makes a part.
    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// Describes samples of one shape.
  public init(
    shape: [Int], element: Element, ids: [String], labels: [Int]? = nil, classNames: [String]? = nil,
    parts: [Part] = [], groups: [Int]? = nil, groupIDs: [String] = []
  ) {
    self.shape = shape
    self.element = element
    self.ids = ids
    self.labels = labels
    self.classNames = classNames
    self.parts = parts
    self.groups = groups
    self.groupIDs = groupIDs
  }

  /// The bytes of one sample.
  public var sampleByteCount: Int { shape.reduce(element.byteCount, *) }

  /// `items` in consecutive pieces of about one size, to be looked at one after the other.
  ///
  /// - Parameter target: about how many items are in a piece: from two thirds to one and a half times as many, unless
  ///   there are fewer in all. If nil, any size does: at most 1000 items, and no more than 64 MiB hold.
  func pieces(of items: [Int], about target: Int? = nil) -> [ArraySlice<Int>] {
    let count: Int
    if let target = target.map({ max(1, $0) }) {
      count = items.isEmpty ? 0 : max(1, (2 * items.count + target) / (2 * target))
    } else {
      let limit = max(1, min(1000, (1 << 26) / max(1, sampleByteCount)))
      count = (items.count + limit - 1) / limit
    }
    return (0..<count).map { items[($0 * items.count / count)..<(($0 + 1) * items.count / count)] }
  }
}

extension SampleDescription {
  /// Throws unless sizes can be computed with and there is one of everything for each item.
  func validate() throws(DataError) {
    var bytes = element.byteCount
    for size in shape + [ids.count] {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else { throw DataError("found \(ids.count) samples of shape \(shape.prefix(8))") }
      bytes = product
    }
    if let labels, labels.count != ids.count {
      throw DataError("found \(labels.count) labels for \(ids.count) items; expected one each")
    }
    if let odd = labels?.first(where: { $0 < -1 || $0 >= classNames?.count ?? .max }) {
      throw DataError(
        "found the label \(odd); expected a class from 0\(classNames.map { " to \($0.count - 1)" } ?? ""), or -1 for "
          + "unknown")
    }
    var start = 0
    for part in parts {
      let (end, overflow) = start.addingReportingOverflow(part.count)
      guard part.count >= 0, !overflow else { throw DataError("found a part of \(part.count) items") }
      start = end
    }
    guard parts.isEmpty || start == ids.count else {
      throw DataError("found parts of \(start) items in all; expected \(ids.count)")
    }
    if let groups {
      guard groups.count == ids.count, groups.allSatisfy(groupIDs.indices.contains) else {
        throw DataError("found groups that are not one of \(groupIDs.count) for each of \(ids.count) items")
      }
    }
  }
}
