public import Foundation

/// The content of a safetensors file: named tensors as bytes, and text about them.
///
/// The format is that of https://github.com/huggingface/safetensors : eight bytes with the length of the header, the
/// header in JSON, the bytes of the tensors without gaps.
public struct SafetensorsFile: Sendable, Equatable {
  /// The tensors by name; their order in the file follows from their types and names.
  public var tensors: [String: Entry]
  /// Free text by name.
  public var metadata: [String: String]

  /// Makes the content of a file; `write(to:)` checks it.
  public init(tensors: [String: Entry] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// One tensor.
  public struct Entry: Sendable, Equatable {
    /// The type of the elements.
    public var dtype: DataType
    /// The extent of each dimension, the outermost first; empty for a single value.
    public var shape: [Int]
    /// The elements, row by row, little-endian. Of a file that was read this is a slice of the mapped file: its
    /// first index is not 0, and its address need not be aligned for the element type.
    public var bytes: Data

    /// Makes a tensor; `SafetensorsFile.write(to:)` checks that the bytes fit the type and shape.
    public init(dtype: DataType, shape: [Int], bytes: Data) {
      self.dtype = dtype
      self.shape = shape
      self.bytes = bytes
    }
  }

  /// A type of elements, by its name in the file.
  ///
  /// The cases stand in the order of the reference implementation, whose writer puts the last first.
  public enum DataType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case float4 = "F4"
    case float6E2M3 = "F6_E2M3"
    case float6E3M2 = "F6_E3M2"
    case uint8 = "U8"
    case int8 = "I8"
    case float8E5M2 = "F8_E5M2"
    case float8E4M3 = "F8_E4M3"
    case float8E8M0 = "F8_E8M0"
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    case int16 = "I16"
    case uint16 = "U16"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int32 = "I32"
    case uint32 = "U32"
    case float32 = "F32"
    case complex64 = "C64"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// The bits of one element; elements of fewer than eight share bytes.
    public var bitWidth: Int {
      switch self {
      case .float4: 4
      case .float6E2M3, .float6E3M2: 6
      case .bool, .uint8, .int8: 8
      case .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ: 8
      case .int16, .uint16, .float16, .bfloat16: 16
      case .int32, .uint32, .float32: 32
      case .complex64, .float64, .int64, .uint64: 64
      }
    }

    /// The bytes that a tensor of this type and shape takes.
    ///
    /// Nil if an extent is negative, the number of bits exceeds `Int`, or they fill no whole number of bytes.
    public func byteCount(shape: [Int]) -> Int? {
      var bits = bitWidth
      for extent in shape {
        let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else { return nil }
        bits = product
      }
      return bits.isMultiple(of: 8) ? bits / 8 : nil
    }
  }
}

extension SafetensorsFile {
  /// The key of the header under which the metadata stand.
  static let metadataKey = "__metadata__"
  /// The most bytes that a header may have, as in the reference implementation.
  static let headerLimit = 100_000_000
}

extension SafetensorsFile.DataType {
  /// A type and shape for messages: `F32 [2, 3]`.
  func name(shape: [Int]) -> String { "\(rawValue) \(shape)".excerpt(80) }
}

/// What is wrong with a safetensors file, and where.
///
/// Its description is one line for the user, for example
/// `weights.safetensors: tensor "head.weight": found 12 bytes; expected 16 bytes for F32 [2, 2]`.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the file.
  public let file: String
  /// The tensor concerned; nil if the problem is not one tensor's.
  public let tensor: String?
  /// What was found.
  public let found: String
  /// What is allowed.
  public let allowed: String

  /// Makes an error.
  public init(file: String, tensor: String? = nil, found: String, allowed: String) {
    self.file = file
    self.tensor = tensor
    self.found = found
    self.allowed = allowed
  }

  /// The error as one line: file, tensor, what was found, what is allowed.
  public var description: String {
    let place = tensor.map { "\(file): tensor \"\($0.excerpt(80))\"" } ?? file
    return "\(place): found \(found); expected \(allowed)"
  }
}
