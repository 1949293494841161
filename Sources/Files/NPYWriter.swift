public import Foundation

/// Writes an array in NumPy's npy format, version 1.0: row-major, little endian. The file is whole or absent.
public struct NPYWriter: ~Copyable {
  /// The types of elements that are written.
  public enum Element: String, Sendable {
    case uint8 = "|u1"
    case int16 = "<i2"
    case int32 = "<i4"
    case int64 = "<i8"
    case float32 = "<f4"

    fileprivate var byteCount: Int {
      switch self {
      case .uint8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .int64: 8
      }
    }
  }

  private let path: String
  private let expected: Int
  private var count = 0
  private let file: WholeFile

  /// Begins the file of an array of `shape`.
  public init(at url: URL, shape: [Int], element: Element) throws(UserError) {
    path = url.path(percentEncoded: false)
    expected = shape.reduce(element.byteCount, *)
    file = try Self.begin(url, Self.header(shape: shape, element: element))
  }

  private static func begin(_ url: URL, _ header: Data) throws(UserError) -> WholeFile {
    do {
      let file = try WholeFile(at: url)
      try file.append(header)
      return file
    } catch {
      throw UserError("\(url.path(percentEncoded: false)): cannot be written: \(error)")
    }
  }

  /// Adds the bytes of the next elements.
  public mutating func append(_ bytes: Data) throws(UserError) {
    do {
      try file.append(bytes)
    } catch {
      throw UserError("\(path): cannot be written: \(error)")
    }
    count += bytes.count
  }

  /// Gives the file its name. Throws if fewer or more elements than the shape says were added.
  public consuming func finish() throws(UserError) {
    let path = path
    guard count == expected else {
      throw UserError("\(path): \(count) bytes were given for an array of \(expected)")
    }
    do {
      try file.finish()
    } catch {
      throw UserError("\(path): cannot be written: \(error)")
    }
  }

  /// Writes an array of one dimension.
  public static func write(_ values: [Int], to url: URL) throws(UserError) {
    var writer = try NPYWriter(at: url, shape: [values.count], element: .int64)
    try writer.append(values.map { Int64($0).littleEndian }.withUnsafeBytes { Data($0) })
    try writer.finish()
  }

  /// The magic string, the version, the length of the rest as 2 bytes, and the array's description, padded with
  /// blanks so that the elements begin at a multiple of 64 bytes.
  package static func header(shape: [Int], element: Element) -> Data {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64
    text += String(repeating: " ", count: length - 10 - text.utf8.count - 1) + "\n"
    let rest = UInt16(length - 10)
    return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(rest & 255), UInt8(rest >> 8)]) + Data(text.utf8)
  }
}
