import Foundation

/// What a header says, as it stands there; whether it fits the file is for the reader of the file to check.
///
/// Foundation's JSON drops repeated keys and turns `1.0` and `true` into numbers, so the few forms that a header
/// may have are read here.
struct SafetensorsHeader {
  struct Field {
    var dtype: SafetensorsFile.DataType
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  var tensors: [String: Field] = [:]
  var metadata: [String: String] = [:]

  /// Reads the bytes of the header, padding included.
  init(_ bytes: Data, file: String) throws(SafetensorsError) {
    var scanner = JSONScanner(bytes: [UInt8](bytes), file: file)
    var header = (tensors: tensors, metadata: metadata)
    // The format wants the brace first; white space may only follow the object.
    guard scanner.next == UInt8(ascii: "{") else { throw scanner.error("{ as the first byte of the header") }
    try scanner.object { (scanner, name) throws(SafetensorsError) in
      if name == SafetensorsFile.metadataKey {
        try scanner.object { (scanner, key) throws(SafetensorsError) in
          header.metadata[key] = try scanner.string("a text between quotes")
        }
      } else {
        scanner.tensor = name
        header.tensors[name] = try scanner.field()
        scanner.tensor = nil
      }
    }
    try scanner.end()
    (tensors, metadata) = header
  }
}

extension JSONScanner {
  /// The object that describes one tensor.
  fileprivate mutating func field() throws(SafetensorsError) -> SafetensorsHeader.Field {
    var dtype: SafetensorsFile.DataType?
    var shape: [Int]?
    var offsets: [Int]?
    try object { (scanner, key) throws(SafetensorsError) in
      switch key {
      case "dtype":
        let name = try scanner.string("the name of a dtype between quotes")
        dtype = SafetensorsFile.DataType(rawValue: name)
        if dtype == nil {
          let known = SafetensorsFile.DataType.allCases.map(\.rawValue).joined(separator: ", ")
          throw scanner.error(found: "dtype \"\(name.excerpt(80))\"", "one of \(known)")
        }
      case "shape": shape = try scanner.integers()
      case "data_offsets": offsets = try scanner.integers()
      default: throw scanner.error(found: "the key \"\(key.excerpt(80))\"", "dtype, shape and data_offsets")
      }
    }
    guard let dtype, let shape, let offsets else {
      let missing = [dtype == nil ? "dtype" : nil, shape == nil ? "shape" : nil, "data_offsets"]
      throw error(
        found: "no \(missing.compactMap { $0 }.first ?? "")", "dtype, shape and data_offsets")
    }
    guard offsets.count == 2 else {
      throw error(found: "\(offsets.count) data_offsets", "2 data_offsets, begin and end")
    }
    return .init(dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1])
  }
}

/// Reads the forms of JSON that a safetensors header consists of: objects, texts, lists of whole numbers.
struct JSONScanner {
  let bytes: [UInt8]
  let file: String
  /// The tensor that errors name.
  var tensor: String?
  private var position = 0

  init(bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// The byte at the current position; nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// An error about what stands at the current position.
  func error(_ allowed: String) -> SafetensorsError {
    let text = String(decoding: bytes[position...].prefix(20), as: UTF8.self)
    let found = position < bytes.count ? "\"\(text.excerpt(20))\"" : "its end"
    return error(found: "\(found) at byte \(position) of the header", allowed)
  }

  /// An error about something already read.
  func error(found: String, _ allowed: String) -> SafetensorsError {
    SafetensorsError(file: file, tensor: tensor, found: found, allowed: allowed)
  }

  /// Nothing but white space up to the end.
  mutating func end() throws(SafetensorsError) {
    skipSpace()
    guard next == nil else { throw error("nothing but spaces after the header's object") }
  }

  /// An object; `member` is called with each key and reads the value. No key may occur twice.
  ///
  /// Keys are compared as Swift compares texts, so two that differ only in how an accent is composed are the same.
  mutating func object(
    _ member: (inout JSONScanner, String) throws(SafetensorsError) -> Void
  ) throws(SafetensorsError) {
    guard skip("{") else { throw error("an object between braces") }
    if skip("}") { return }
    var keys: Set<String> = []
    repeat {
      let key = try string("a key between quotes")
      guard keys.insert(key).inserted else {
        throw error(found: "the key \"\(key.excerpt(80))\" twice", "every key once")
      }
      guard skip(":") else { throw error(": after a key") }
      try member(&self, key)
    } while skip(",")
    guard skip("}") else { throw error(", or } after a value") }
  }

  /// A list of whole numbers.
  mutating func integers() throws(SafetensorsError) -> [Int] {
    guard skip("[") else { throw error("a list of whole numbers between brackets") }
    if skip("]") { return [] }
    var list: [Int] = []
    repeat { list.append(try integer()) } while skip(",")
    guard skip("]") else { throw error(", or ] after a whole number") }
    return list
  }

  private mutating func integer() throws(SafetensorsError) -> Int {
    skipSpace()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let value = Int(String(decoding: digits, as: UTF8.self)), digits.count == 1 || digits.first != 0x30
    else { throw error("a whole number of at most \(Int.max)") }
    position = digits.endIndex
    return value
  }

  /// A text between quotes; `allowed` says what it is.
  mutating func string(_ allowed: String) throws(SafetensorsError) -> String {
    skipSpace()
    guard next == UInt8(ascii: "\"") else { throw error(allowed) }
    var stop = position + 1
    var isEscaped = false
    while stop < bytes.count, bytes[stop] != UInt8(ascii: "\""), bytes[stop] >= 0x20 {
      if bytes[stop] == UInt8(ascii: "\\") {
        isEscaped = true
        stop += 1
      }
      stop += 1
    }
    guard stop < bytes.count, bytes[stop] == UInt8(ascii: "\"") else {
      throw error("a text that ends with a quote and has no control characters")
    }
    let text =
      isEscaped
      ? try? JSONDecoder().decode(String.self, from: Data(bytes[position...stop]))
      : String(validating: bytes[(position + 1)..<stop], as: UTF8.self)
    guard let text else { throw error("a text in UTF-8 with the escapes of JSON") }
    position = stop + 1
    return text
  }

  /// Steps over white space and then `character`, if that is what follows.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }
}
