public import Torch

/// Items of one shape that can be read in any order, with their names and, where known, their classes.
public struct Dataset: Sendable {
  /// What the items are and where they are kept.
  public let description: SampleDescription
  private let file: MappedFile

  init(description: SampleDescription, file: MappedFile) {
    self.description = description
    self.file = file
  }

  /// The number of items.
  public var count: Int { description.ids.count }

  /// The class of each item, or nil if classes are unknown. Nothing but evaluation looks at them.
  public var labels: [Int]? { description.labels }

  /// The samples at `indices`, in that order: `[n, ...]`.
  public func samples(at indices: ArraySlice<Int>) throws(TorchError) -> Tensor {
    let size = description.sampleByteCount
    let bytes = [UInt8](unsafeUninitializedCapacity: indices.count * size) { buffer, filled in
      for (place, index) in indices.enumerated() {
        let sample = file.bytes[(index * size)..<((index + 1) * size)]
        UnsafeMutableRawBufferPointer(buffer).baseAddress?
          .advanced(by: place * size)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: sample).baseAddress ?? file.base, byteCount: size)
      }
      filled = indices.count * size
    }
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(TorchError) in
        try Tensor(bytes: bytes, shape: [indices.count] + description.shape, dtype: description.element.dataType)
      }
    }
    return try result.get()
  }
}

/// What a dataset holds, without the samples themselves.
public struct SampleDescription: Sendable, Codable, Equatable {
  /// The type of a sample's elements.
  public enum Element: String, Sendable, Codable {
    case uint8, float32

    var byteCount: Int { self == .uint8 ? 1 : 4 }
    var dataType: DataType { self == .uint8 ? .uint8 : .float32 }
  }

  /// The shape of one sample, without the item dimension.
  public var shape: [Int]
  /// The type of a sample's elements.
  public var element: Element
  /// A name for each item, as it appears in the results.
  public var ids: [String]
  /// The class of each item, or nil if classes are unknown.
  public var labels: [Int]?
  /// The SHA-256 of the sources on disk, in hexadecimal digits.
  public var contentHash: String = ""

  /// Describes samples of one shape.
  public init(shape: [Int], element: Element, ids: [String], labels: [Int]? = nil) {
    self.shape = shape
    self.element = element
    self.ids = ids
    self.labels = labels
  }

  /// The bytes of one sample.
  public var sampleByteCount: Int { shape.reduce(element.byteCount, *) }
}

/// Something wrong with the data: the message says where and what is allowed.
public struct DataError: Error, Sendable, CustomStringConvertible {
  public let description: String

  /// Makes an error with a message for the user.
  public init(_ description: String) { self.description = description }
}
