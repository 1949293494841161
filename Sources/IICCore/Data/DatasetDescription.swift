import Files
import Foundation
public import Reading
import Torch

/// What a dataset holds, without the samples themselves.
public struct DatasetDescription: Sendable, Codable, Equatable {
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
  /// What was fitted to the data to make the samples; nil if nothing was.
  public var fitted: FittedState?
  /// What the user should know about the reading, such as how many items were left out and why.
  public var notes: [String] = []
  /// What would have been items and could not be read, in order.
  public var unread: [LeftOut.Item] = []
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
  ///   there are fewer in all. If nil, they are of the size of a batch, the last one what is left.
  func pieces(of items: [Int], about target: Int? = nil) -> [ArraySlice<Int>] {
    guard let target = target.map({ max(1, $0) }) else {
      return stride(from: 0, to: items.count, by: batch).map { items[$0..<min($0 + batch, items.count)] }
    }
    let count = items.isEmpty ? 0 : max(1, (2 * items.count + target) / (2 * target))
    return (0..<count).map { items[($0 * items.count / count)..<(($0 + 1) * items.count / count)] }
  }

  /// The items that pass through a network together where it is used, not trained: always as many, so that an item's result
  /// is the same bit for bit whatever other items there are. Libraries compute batches of other sizes in other orders.
  var batch: Int { max(1, min(Self.mostInBatch, (1 << 26) / max(1, sampleByteCount))) }

  private static let mostInBatch = 256
}

extension DatasetDescription {
  /// Throws unless sizes can be computed with and there is one of everything for each item.
  func validate() throws(UserError) {
    var bytes = element.byteCount
    for size in shape + [ids.count] {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard size > 0, !overflow else { throw UserError("found \(ids.count) samples of shape \(shape.prefix(8))") }
      bytes = product
    }
    if let labels, labels.count != ids.count {
      throw UserError("found \(labels.count) labels for \(ids.count) items; expected one each")
    }
    if let odd = labels?.first(where: { $0 < -1 || $0 >= classNames?.count ?? .max }) {
      throw UserError(
        "found the label \(odd); expected a class from 0\(classNames.map { " to \($0.count - 1)" } ?? ""), or -1 for "
          + "unknown")
    }
    var start = 0
    for part in parts {
      let (end, overflow) = start.addingReportingOverflow(part.count)
      guard part.count >= 0, !overflow else { throw UserError("found a part of \(part.count) items") }
      start = end
    }
    guard parts.isEmpty || start == ids.count else {
      throw UserError("found parts of \(start) items in all; expected \(ids.count)")
    }
    if let groups {
      guard groups.count == ids.count, groups.allSatisfy(groupIDs.indices.contains) else {
        throw UserError("found groups that are not one of \(groupIDs.count) for each of \(ids.count) items")
      }
    }
  }
}

extension DatasetDescription {
  /// Gives all items their classes, or none if no class is known, and says so.
  public mutating func setClasses(_ classes: ClassNumbers) {
    let known = Set(classes.numbers).subtracting([-1])
    labels = known.isEmpty ? nil : classes.numbers
    classNames = known.isEmpty ? nil : classes.names
    if known.isEmpty { notes.append("data: no item's class is known: all labels are empty or -1") }
    if known.count == 1, classes.names == nil, classes.numbers.contains(-1) {
      notes.append(
        "data: all labels are \(known.first ?? 0), or empty or -1, which is unknown; if -1 is a class, write 0 and 1"
      )
    }
  }

  /// A class as results write it: its name or, where classes have none, its number. An unknown one is empty where classes
  /// have names, else -1.
  public func className(_ number: Int) -> String {
    guard let classNames else { return "\(number)" }
    return classNames.indices.contains(number) ? classNames[number] : ""
  }

  /// Numbers the classes as `names` do, by their names; classes that are none of them come behind.
  mutating func number(like names: [String]) {
    guard let old = classNames, old != names else { return }
    let all = names + old.filter { !names.contains($0) }
    let places = Dictionary(zip(all, 0...), uniquingKeysWith: { first, _ in first })
    labels = labels?.map { $0 < 0 ? -1 : places[old[$0]] ?? -1 }
    classNames = all
  }
}

/// What was fitted to the data of a run: a vocabulary, means and deviations, the names of classes. It is kept in the run's
/// folder, so that other data is read by what the network was trained with, never by what would be fitted to them.
public struct FittedState: Sendable, Codable, Equatable {
  /// Lists of texts, by what they are.
  public var texts: [String: [String]]
  /// Lists of numbers, by what they are.
  public var numbers: [String: [Double]]

  /// Puts together what was fitted.
  public init(texts: [String: [String]] = [:], numbers: [String: [Double]] = [:]) {
    self.texts = texts
    self.numbers = numbers
  }

  /// A hash of all of it, in hexadecimal digits.
  func hash() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try SHA256.hash(of: encoder.encode(self))
  }
}
