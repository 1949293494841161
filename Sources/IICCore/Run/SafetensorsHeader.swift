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
