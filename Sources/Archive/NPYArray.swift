/// An array in NumPy's NPY format, as `numpy.save` writes it and as `numpy.savez` puts it into an archive.
///
/// Read are booleans, whole numbers of 1 to 8 bytes and floating-point numbers of 2 to 8, in either byte order,
/// with the first or the last dimension varying fastest.
public struct NPYArray: Hashable, Sendable {
  /// The sizes of the dimensions, outermost first; empty for a single value.
  public let shape: [Int]
  /// The type of the elements.
  public let element: NPYHeader.Element
  /// The elements in row-major order, the last dimension varying fastest, little endian.
  public let bytes: [UInt8]

  /// The number of elements.
  public var count: Int { bytes.count / element.byteCount }

  /// Reads an array that fills `bytes` exactly; `path` and `entry` say where it came from, for errors.
  public init(_ bytes: [UInt8], path: String, entry: String) throws(ArchiveError) {
    let entry = ArchiveEntry(holding: bytes, path: path, name: entry)
    let header = try NPYHeader(reading: entry)
    let elements = try entry.readAll(limit: .max)
    guard elements.count == header.byteCount else { throw entry.error(header.sizeProblem(elements.count)) }
    self.init(elements, of: header, shape: header.shape)
  }

  /// Reads the elements behind a header, to the end of the entry; more than `limit` bytes are an error.
  public init(_ header: NPYHeader, reading entry: ArchiveEntry, limit: Int) throws(ArchiveError) {
    guard header.byteCount <= limit else {
      throw entry.error("NPY: found an array of \(header.byteCount) bytes; allowed are \(limit)")
    }
    let bytes = try entry.bytes(upTo: header.byteCount)
    let more = try entry.bytes(upTo: 1)
    guard bytes.count == header.byteCount, more.isEmpty else {
      throw entry.error(header.sizeProblem(bytes.count + more.count))
    }
    self.init(bytes, of: header, shape: header.shape)
  }

  /// Reads the next `rows` of the first dimension of an array that is in row-major order, and not its end.
  public init(rows: Int, of header: NPYHeader, reading entry: ArchiveEntry) throws(ArchiveError) {
    guard let count = header.shape.first, count > 0, !header.isFortranOrder else {
      throw entry.error("NPY: an array of shape \(header.shape) has no rows to be read one by one")
    }
    let expected = rows * (header.byteCount / count)
    let bytes = try entry.bytes(upTo: expected)
    guard bytes.count == expected else {
      throw entry.error("NPY: the elements end early; expected \(header.byteCount) bytes for shape \(header.shape)")
    }
    self.init(bytes, of: header, shape: [rows] + header.shape.dropFirst())
  }

  init(_ bytes: [UInt8], of header: NPYHeader, shape: [Int]) {
    self.shape = shape
    element = header.element
    let size = element.byteCount
    var elements = bytes
    if header.isBigEndian { Self.reverse(&elements, size: size) }
    self.bytes = header.isFortranOrder ? Self.rowMajor(elements, shape: shape, size: size) : elements
  }

  /// The elements as float32, rounded to the nearest where it cannot hold them; booleans are 0 and 1.
  public func floats() -> [Float] {
    switch element {
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .int8: values(Int8.self) { Float($0) }
    case .uint8: bytes.map { Float($0) }
    case .int16: values(Int16.self) { Float(Int16(littleEndian: $0)) }
    case .uint16: values(UInt16.self) { Float(UInt16(littleEndian: $0)) }
    case .int32: values(Int32.self) { Float(Int32(littleEndian: $0)) }
    case .uint32: values(UInt32.self) { Float(UInt32(littleEndian: $0)) }
    case .int64: values(Int64.self) { Float(Int64(littleEndian: $0)) }
    case .uint64: values(UInt64.self) { Float(UInt64(littleEndian: $0)) }
    case .float16: values(UInt16.self) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .float32: values(UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
    case .float64: values(UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
    }
  }

  /// A range of the elements as float64, rounded to the nearest where it cannot hold them; booleans are 0 and 1.
  public func doubles(_ range: Range<Int>) -> [Double] {
    switch element {
    case .bool: bytes[range].map { $0 == 0 ? 0 : 1 }
    case .int8: values(Int8.self, range) { Double($0) }
    case .uint8: bytes[range].map { Double($0) }
    case .int16: values(Int16.self, range) { Double(Int16(littleEndian: $0)) }
    case .uint16: values(UInt16.self, range) { Double(UInt16(littleEndian: $0)) }
    case .int32: values(Int32.self, range) { Double(Int32(littleEndian: $0)) }
    case .uint32: values(UInt32.self, range) { Double(UInt32(littleEndian: $0)) }
    case .int64: values(Int64.self, range) { Double(Int64(littleEndian: $0)) }
    case .uint64: values(UInt64.self, range) { Double(UInt64(littleEndian: $0)) }
    case .float16: values(UInt16.self, range) { Double(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .float32: values(UInt32.self, range) { Double(Float(bitPattern: UInt32(littleEndian: $0))) }
    case .float64: values(UInt64.self, range) { Double(bitPattern: UInt64(littleEndian: $0)) }
    }
  }

  /// An element as a message shows it.
  public func text(of place: Int) -> String {
    let value = doubles(place..<place + 1)[0]
    switch element {
    case .float32: return "\(Float(value))"
    case .float16, .float64: return "\(value)"
    default: return integers(place..<place + 1).map { "\($0[0])" } ?? "\(value)"
    }
  }

  /// What `doubles(_:)` lacks of a range of the elements: they are the sum of both. Nil for types whose every value
  /// float64 holds.
  public func remainders(_ range: Range<Int>) -> [Double]? {
    switch element {
    case .int64: values(Int64.self, range) { Self.remainder(Int64(littleEndian: $0)) }
    case .uint64: values(UInt64.self, range) { Self.remainder(UInt64(littleEndian: $0)) }
    default: nil
    }
  }

  /// What the nearest float64 lacks of a whole number.
  static func remainder<Whole: FixedWidthInteger>(_ whole: Whole) -> Double {
    let near = Double(whole)
    // The largest numbers are rounded to one that the type itself does not hold.
    guard let back = Whole(exactly: near) else { return -Double(Whole.max - whole) - 1 }
    return whole >= back ? Double(whole - back) : -Double(back - whole)
  }

  /// The elements as whole numbers; nil if their type is a floating-point one or one does not fit.
  public func integers() -> [Int]? { integers(0..<count) }

  private func integers(_ range: Range<Int>) -> [Int]? {
    switch element {
    case .bool: bytes[range].map { $0 == 0 ? 0 : 1 }
    case .int8: values(Int8.self, range) { Int($0) }
    case .uint8: bytes[range].map { Int($0) }
    case .int16: values(Int16.self, range) { Int(Int16(littleEndian: $0)) }
    case .uint16: values(UInt16.self, range) { Int(UInt16(littleEndian: $0)) }
    case .int32: values(Int32.self, range) { Int(Int32(littleEndian: $0)) }
    case .uint32: values(UInt32.self, range) { Int(UInt32(littleEndian: $0)) }
    case .int64: values(Int64.self, range) { Int(Int64(littleEndian: $0)) }
    case .uint64: whole(values(UInt64.self, range) { Int(exactly: UInt64(littleEndian: $0)) })
    case .float16, .float32, .float64: nil
    }
  }

  private func values<Stored: BitwiseCopyable, Value>(
    _ type: Stored.Type, _ range: Range<Int>? = nil, _ convert: (Stored) -> Value
  ) -> [Value] {
    bytes.withUnsafeBytes { bytes in
      (range ?? 0..<count).map {
        convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Stored>.size, as: Stored.self))
      }
    }
  }

  private func whole(_ values: [Int?]) -> [Int]? { values.contains(nil) ? nil : values.compactMap(\.self) }

  private static func reverse(_ bytes: inout [UInt8], size: Int) {
    guard size > 1 else { return }
    for start in stride(from: 0, to: bytes.count, by: size) { bytes[start..<(start + size)].reverse() }
  }

  /// Moves elements whose first dimension varies fastest to where the last does.
  private static func rowMajor(_ bytes: [UInt8], shape: [Int], size: Int) -> [UInt8] {
    var strides: [Int] = []
    var step = size
    for size in shape {
      strides.append(step)
      step *= size
    }
    var indices = [Int](repeating: 0, count: shape.count)
    var source = 0
    return [UInt8](unsafeUninitializedCapacity: bytes.count) { result, filled in
      for target in stride(from: 0, to: bytes.count, by: size) {
        for byte in 0..<size { result.initializeElement(at: target + byte, to: bytes[source + byte]) }
        var dimension = shape.count - 1
        while dimension >= 0 {
          indices[dimension] += 1
          source += strides[dimension]
          guard indices[dimension] == shape[dimension] else { break }
          source -= shape[dimension] * strides[dimension]
          indices[dimension] = 0
          dimension -= 1
        }
      }
      filled = bytes.count
    }
  }
}
