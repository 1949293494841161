public import Foundation

extension SafetensorsFile {
  /// Writes the file, byte for byte as the reference implementation does; metadata are ordered by key.
  ///
  /// The bytes are written aside in the same folder, which must exist, brought to the disk and renamed to `url`, so
  /// that there is never half a file under that name. Throws a `SafetensorsError` if a tensor's bytes do not fit its
  /// type and shape, a tensor has the name `__metadata__`, the header exceeds the format's limit, or writing fails.
  public func write(to url: URL) throws(SafetensorsError) {
    let pieces = try pieces(for: url.path)
    do {
      try WholeFile.write(pieces, to: url)
    } catch {
      throw SafetensorsError(file: url.path, found: "\(error)", allowed: "a file that can be written")
    }
  }

  /// The SHA-256 of the file that is written, in hexadecimal digits.
  package func checksum() throws -> String {
    let hash = try SHA256()
    for piece in try pieces(for: "weights") { try piece.withUnsafeBytes { try hash.update($0) } }
    return try hash.hexadecimal()
  }

  /// The bytes of the file, one piece after the other; `path` is what errors call it.
  private func pieces(for path: String) throws(SafetensorsError) -> [Data] {
    // The last type first, so that every tensor is aligned for its elements; then by name.
    let inOrder = tensors.map { (name: $0.key, entry: $0.value, rank: $0.value.dtype.rank) }.sorted {
      $0.rank != $1.rank ? $0.rank > $1.rank : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\($0.key.jsonLiteral):\($0.value.jsonLiteral)" }
      members.append("\(Self.metadataKey.jsonLiteral):{\(texts.joined(separator: ","))}")
    }
    var end = 0
    for (name, entry, _) in inOrder {
      try check(name, entry, file: path)
      let begin = end
      end += entry.bytes.count
      let shape = entry.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(name.jsonLiteral):{\"dtype\":\"\(entry.dtype.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
    }
    var header = Data("{\(members.joined(separator: ","))}".utf8)
    header.append(Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    guard header.count <= Self.headerLimit else {
      throw SafetensorsError(
        file: path, found: "names, shapes and metadata that make a header of \(header.count) bytes",
        allowed: "at most \(Self.headerLimit)")
    }
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    return [length, header] + inOrder.map(\.entry.bytes)
  }

  private func check(_ name: String, _ entry: Entry, file: String) throws(SafetensorsError) {
    guard name != Self.metadataKey else {
      throw SafetensorsError(
        file: file, tensor: name, found: "a tensor of that name",
        allowed: "any other name; the format reserves it")
    }
    var type: String { entry.dtype.name(shape: entry.shape) }
    guard let size = entry.dtype.byteCount(shape: entry.shape) else {
      throw SafetensorsError(
        file: file, tensor: name, found: type, allowed: "a shape of whole bytes and at most \(Int.max) bits")
    }
    guard entry.bytes.count == size else {
      throw SafetensorsError(
        file: file, tensor: name, found: "\(entry.bytes.count) bytes", allowed: "\(size) bytes for \(type)")
    }
  }
}

extension SafetensorsFile.DataType {
  /// The place among the types.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension String {
  /// The text between quotes, with the escapes that the reference implementation writes and no others.
  fileprivate var jsonLiteral: String {
    var literal = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\u{8}": literal += "\\b"
      case "\u{C}": literal += "\\f"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
