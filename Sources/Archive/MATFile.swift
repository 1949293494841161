/// Numeric arrays in MATLAB's MAT files of level 5, as MATLAB saves them (`-v7`, `-v6`) and as `scipy.io.savemat` does.
///
/// The format is a text of 116 bytes, 8 bytes for programs, the version, the order of bytes, and then elements: each a type
/// and a number of bytes, up to a multiple of 8. An element with a variable may be compressed by zlib.
extension NPYArray {
  /// Reads the variable of a name. MATLAB stores numbers in the smallest type that holds them all, and so they are here.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - limit: more bytes of one variable are an error.
  public init(
    matlab bytes: [UInt8], variable: String, path: String, entry: String, limit: Int
  ) throws(ArchiveError) {
    let file = try MATFile(bytes, path: path, entry: entry)
    var found: [String] = []
    var place = MATFile.headerLength
    while place < bytes.count {
      var element = try file.element(bytes[...], at: place)
      place = element.next
      if element.type == MATFile.compressed {
        let inflated = try file.inflated(element.data, limit: limit)
        element = try file.element(inflated[...], at: 0)
      }
      guard element.type == MATFile.matrix else { continue }
      let matrix = try file.matrix(element.data)
      if matrix.name == variable {
        let header = try file.header(matrix)
        self.init(Array(matrix.values), of: header, shape: header.shape)
        return
      }
      found.append(matrix.name)
    }
    let names = found.isEmpty ? "none" : found.prefix(8).map(\.quoted).joined(separator: ", ")
    throw file.error("found the variables \(names); expected one called \(variable.quoted)")
  }
}

/// The elements of a MAT file.
private struct MATFile {
  /// An element: its type, its data, and where the next one begins.
  struct Element { let type: Int, data: ArraySlice<UInt8>, next: Int }
  /// A variable.
  struct Matrix {
    let name: String, kind: Int, isComplex: Bool, shape: [Int], type: Int, values: ArraySlice<UInt8>
  }

  static let headerLength = 128
  // The types of elements that are no numbers.
  static let matrix = 14, compressed = 15
  /// The classes of arrays of numbers: double, single, and whole numbers of 1 to 8 bytes.
  private static let numericKinds = 6...15
  private static let elements: [Int: NPYHeader.Element] = [
    1: .int8, 2: .uint8, 3: .int16, 4: .uint16, 5: .int32, 6: .uint32, 7: .float32, 9: .float64, 12: .int64,
    13: .uint64,
  ]

  private let path, entry: String
  private let isBigEndian: Bool

  init(_ bytes: [UInt8], path: String, entry: String) throws(ArchiveError) {
    (self.path, self.entry) = (path, entry)
    let order = bytes.count < Self.headerLength ? [] : Array(bytes[126..<128])
    isBigEndian = order.elementsEqual("MI".utf8)
    if bytes.starts(with: Array("MATLAB 7.3".utf8)) {
      throw error(
        "found a file of MATLAB 7.3, which is HDF5; expected one of level 5, as save(..., \"-v7\") writes")
    }
    guard isBigEndian || order.elementsEqual("IM".utf8) else {
      throw error("found no MAT file of level 5")
    }
  }

  func error(_ message: String) -> ArchiveError {
    ArchiveError(path: path, entry: entry, message: "MAT: \(message)")
  }

  private var cutShort: ArchiveError { error("the data are damaged or cut short") }

  private func number(_ bytes: ArraySlice<UInt8>, at place: Int, size: Int = 4) -> Int {
    let digits = bytes[place..<(place + size)]
    return isBigEndian
      ? digits.reduce(0) { $0 << 8 | Int($1) } : digits.reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// The element at a place of bytes. Of up to 4 bytes, it is in its own tag.
  func element(_ bytes: ArraySlice<UInt8>, at place: Int) throws(ArchiveError) -> Element {
    guard place + 8 <= bytes.endIndex else { throw cutShort }
    let word = number(bytes, at: place)
    if word >> 16 != 0 {
      let size = word >> 16
      guard size <= 4 else { throw cutShort }
      return Element(type: word & 0xFFFF, data: bytes[(place + 4)..<(place + 4 + size)], next: place + 8)
    }
    let size = number(bytes, at: place + 4)
    guard size <= bytes.endIndex - place - 8 else { throw cutShort }
    let end = place + 8 + size
    // Compressed elements follow one another without gaps.
    let gap = word == Self.compressed ? 0 : (8 - size % 8) % 8
    return Element(type: word, data: bytes[(place + 8)..<end], next: min(end + gap, bytes.endIndex))
  }

  /// What a compressed element holds, an element with its tag.
  func inflated(_ data: ArraySlice<UInt8>, limit: Int) throws(ArchiveError) -> [UInt8] {
    var rest = data
    let decoder = try GzipDecoder(path: path, entry: entry, wrapping: .zlib) { (buffer) throws(ArchiveError) in
      rest.move(to: buffer)
    }
    var bytes: [UInt8] = []
    let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { part.deallocate() }
    while true {
      let count = try decoder.read(into: part)
      guard count > 0 else { return bytes }
      guard bytes.count + count <= limit else {
        throw error("found a variable of more than \(limit) bytes; allowed are so many")
      }
      bytes += part[..<count]
    }
  }

  /// The parts of a variable: flags, sizes, name, numbers.
  func matrix(_ data: ArraySlice<UInt8>) throws(ArchiveError) -> Matrix {
    let flags = try element(data, at: data.startIndex)
    guard flags.data.count == 8 else { throw cutShort }
    let word = number(flags.data, at: flags.data.startIndex)
    let kind = word & 0xFF
    let sizes = try element(data, at: flags.next)
    let name = try element(data, at: sizes.next)
    let shape = stride(from: sizes.data.startIndex, to: sizes.data.endIndex - 3, by: 4).map {
      Int(Int32(truncatingIfNeeded: number(sizes.data, at: $0)))
    }
    // What is no array of numbers has other parts, which nothing here needs.
    let values = Self.numericKinds.contains(kind) ? try element(data, at: name.next) : name
    return Matrix(
      name: String(decoding: name.data, as: UTF8.self), kind: kind, isComplex: word & 0x800 != 0, shape: shape,
      type: values.type, values: values.data)
  }

  /// The shape and type of an array of real numbers.
  func header(_ matrix: Matrix) throws(ArchiveError) -> NPYHeader {
    guard Self.numericKinds.contains(matrix.kind), !matrix.isComplex, let element = Self.elements[matrix.type]
    else {
      throw error("the variable \(matrix.name.quoted) is no array of real numbers")
    }
    // Sizes are multiplied as if none were 0, so that no product of some of them overflows either.
    let product = matrix.shape.reduce(1) {
      $0.multipliedReportingOverflow(by: max($1, 1)).overflow ? 0 : $0 * max($1, 1)
    }
    let count = matrix.shape.contains(0) ? 0 : product
    guard matrix.shape.count >= 2, matrix.shape.count <= 64, product > 0, matrix.shape.allSatisfy({ $0 >= 0 }),
      matrix.values.count == count * element.byteCount
    else {
      throw error(
        "the variable \(matrix.name.quoted) has \(matrix.values.count) bytes; expected those of shape \(matrix.shape)"
      )
    }
    return NPYHeader(
      shape: matrix.shape, element: element, isBigEndian: isBigEndian, isFortranOrder: true, count: count)
  }
}
