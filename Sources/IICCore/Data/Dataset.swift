public import Files
import Reading
public import Torch

/// Items of one shape that can be read in any order, with their names and, where known, their classes.
public struct Dataset: Sendable {
  /// What the items are and where they are kept.
  public internal(set) var description: DatasetDescription
  /// Which items belong together; nil pairs each item with itself.
  public private(set) var partners: Partners?
  /// The classes before a table of pairs was taken; nil if none was.
  private var beforeTable: (labels: [Int]?, classNames: [String]?)?
  private let storage: Storage

  /// Where the samples are.
  private enum Storage: Sendable {
    case file(MappedFile)
    case memory([UInt8])

    func copy(_ range: Range<Int>, to target: UnsafeMutableRawPointer) {
      switch self {
      case .file(let file): file.copy(range, to: target)
      case .memory(let bytes):
        bytes.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(start: target, count: range.count)
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
      }
    }
  }

  init(description: DatasetDescription, file: MappedFile) {
    self.description = description
    storage = .file(file)
  }

  /// Takes samples of one `shape` that are in memory, one after the other, row by row.
  ///
  /// - Parameters:
  ///   - ids: a name for each item; if nil, its place, counted from 0.
  ///   - labels: the class of each item, -1 where it is unknown; nil if all are.
  /// - Throws: if there is not one of each for every item.
  public init(samples: [Float], shape: [Int], ids: [String]? = nil, labels: [Int]? = nil) throws(UserError) {
    let size = shape.reduce(1, *)
    guard size > 0, !samples.isEmpty, samples.count % size == 0 else {
      throw UserError("found \(samples.count) values; expected samples of shape \(shape), of \(size) values each")
    }
    let count = samples.count / size
    guard ids?.count ?? count == count else {
      throw UserError("found \(ids?.count ?? 0) ids for \(count) samples; expected one each")
    }
    let bytes = samples.withUnsafeBytes { Array($0) }
    description = DatasetDescription(
      shape: shape, element: .float32, ids: ids ?? (0..<count).map { "\($0)" }, labels: labels)
    try description.validate()
    description.contentHash = try SHA256.hash(of: bytes)
    storage = .memory(bytes)
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

  /// Numbers the classes as the run's names do: see `DatasetDescription`.
  mutating func numberClasses(like names: [String]) { description.number(like: names) }

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
    if let twice = parts.first(where: { name in parts.count { $0 == name } > 1 }) {
      throw UserError("found \"\(twice)\" twice; expected each part once", key: key)
    }
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

  /// The samples of a whole batch: those at `indices`, and behind them the last one as often as is missing. What comes of
  /// these is to be cut off.
  func batch(at indices: ArraySlice<Int>) throws(TorchError) -> Tensor {
    let missing = max(0, description.batch - indices.count)
    return try samples(at: indices + Array(repeating: indices.last ?? 0, count: missing))
  }

  /// The samples at `indices`, in that order: `[n, ...]`.
  public func samples(at indices: ArraySlice<Int>) throws(TorchError) -> Tensor {
    try tensor(bytes(at: indices))
  }

  /// The bytes of the samples at `indices`, one after the other. Any thread may read them.
  public func bytes(at indices: ArraySlice<Int>) -> [UInt8] {
    let size = description.sampleByteCount
    return [UInt8](unsafeUninitializedCapacity: indices.count * size) { buffer, filled in
      guard let base = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
      for (place, index) in indices.enumerated() {
        storage.copy((index * size)..<((index + 1) * size), to: base + place * size)
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
