/// What stands before the elements of an array in NumPy's NPY format, versions 1.0 to 3.0.
///
/// The format is the bytes `\x93NUMPY`, the version, the length of the text that follows, as 2 bytes in version 1.0
/// and 4 later (little endian), and a dictionary in Python's notation with the keys `descr`, `fortran_order` and
/// `shape`. Nothing of it is evaluated: what is not exactly such a dictionary is an error.
public struct NPYHeader: Hashable, Sendable {
  /// The type of an array's elements.
  public enum Element: String, CaseIterable, Sendable {
    case bool = "b1"
    case int8 = "i1"
    case uint8 = "u1"
    case int16 = "i2"
    case uint16 = "u2"
    case int32 = "i4"
    case uint32 = "u4"
    case int64 = "i8"
    case uint64 = "u8"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    /// The bytes of one element.
    public var byteCount: Int {
      switch self {
      case .bool, .int8, .uint8: 1
      case .int16, .uint16, .float16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }
  }

  /// The sizes of the dimensions, outermost first; empty for a single value.
  public let shape: [Int]
  /// The type of the elements.
  public let element: Element
  /// Whether the elements' most significant bytes come first.
  public let isBigEndian: Bool
  /// Whether the first dimension varies fastest, as in Fortran, and not the last.
  public let isFortranOrder: Bool
  /// The number of elements.
  public let count: Int

  /// The bytes of all elements.
  public var byteCount: Int { count * element.byteCount }

  /// The longest text read; NumPy's own are below 200 bytes unless an array has many dimensions.
  static let longestText = 1 << 16

  /// Reads a header from the beginning of an entry and leaves the entry at the first element.
  public init(reading entry: ArchiveEntry) throws(ArchiveError) {
    func error(_ message: String) -> ArchiveError { entry.error("NPY: \(message)") }
    let start = try entry.bytes(upTo: 8)
    guard start.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw error("found no \"\\x93NUMPY\" at the start; expected an array that NumPy has saved")
    }
    guard start.count == 8, (1...3).contains(start[6]), start[7] == 0 else {
      let version = start.count == 8 ? "\(start[6]).\(start[7])" : "no version"
      throw error("found \(version); expected version 1.0, 2.0 or 3.0")
    }
    let digits = start[6] == 1 ? 2 : 4
    let size = try entry.bytes(upTo: digits)
    let length = size.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard size.count == digits, length <= Self.longestText else {
      throw error("found a header of \(length) bytes; expected at most \(Self.longestText)")
    }
    let bytes = try entry.bytes(upTo: length)
    guard bytes.count == length else { throw error("found \(bytes.count) bytes of a header of \(length)") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw error("the header is not text") }
    let dictionary: NPYDictionary
    do {
      dictionary = try NPYDictionary(text)
    } catch let problem {
      throw error(problem.message)
    }
    let description = dictionary.description.utf8
    let order = description.first.map { Character(Unicode.Scalar($0)) } ?? " "
    guard let element = Element(rawValue: String(dictionary.description.dropFirst())),
      order == "<" || order == ">" || order == "|" && element.byteCount == 1
    else {
      let known = Element.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(
        "found elements of type \(dictionary.description.quoted); expected \"<\", \">\" or \"|\" and one of \(known)"
      )
    }
    self.element = element
    isBigEndian = order == ">"
    isFortranOrder = dictionary.isFortranOrder
    shape = dictionary.shape
    // Sizes are multiplied as if none were 0, so that no product of some of them overflows either.
    var product = element.byteCount
    for size in shape {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow, shape.count <= 64 else {
        throw error("found dimensions \(shape.prefix(8)); their product is too large")
      }
      product = next
    }
    count = shape.contains(0) ? 0 : product / element.byteCount
  }

  /// That of an array of `count` elements which another format holds.
  init(shape: [Int], element: Element, isBigEndian: Bool, isFortranOrder: Bool, count: Int) {
    (self.shape, self.element, self.count) = (shape, element, count)
    (self.isBigEndian, self.isFortranOrder) = (isBigEndian, isFortranOrder)
  }

  func sizeProblem(_ found: Int) -> String {
    "NPY: found \(found) bytes of elements; expected \(byteCount) for shape \(shape) of \(element.rawValue)"
  }
}
