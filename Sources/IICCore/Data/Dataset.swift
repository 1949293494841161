import Reading
public import Files
public import Torch

/// Items of one shape that can be read in any order, with their names and, where known, their classes.
public struct Dataset: Sendable {
  /// What the items are and where they are kept.
  public internal(set) var description: DatasetDescription
  /// Which items belong together; nil pairs each item with itself.
  public private(set) var partners: Partners?
  /// The classes before a table of pairs was taken; nil if none was.
  private var beforeTable: (labels: [Int]?, classNames: [String]?)?
  private let file: MappedFile

  init(description: DatasetDescription, file: MappedFile) {
    self.description = description
    self.file = file
  }

  /// Says which items belong together; nil pairs each item with itself. Throws, and changes nothing, unless there is a
  /// list for each item that holds items of this data alone.
  public mutating func setPartners(_ partners: Partners?) throws(UserError) {
    try partners?.validate(itemCount: count)
    self.partners = partners
    beforeTable = nil
  }

  /// Takes the partners that a table names and, if it gives any, the classes.
  mutating func takeTable(_ partners: Partners, classes: ClassNumbers?) throws(UserError) {
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
  public func items(in parts: [String]?, key: String) throws(UserError) -> [Int] {
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
        throw UserError(
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
