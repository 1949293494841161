/// A value of JSON, as far as a text or a class may be in it.
enum JSONValue {
  case object([(key: String, value: JSONValue)])
  case array([JSONValue])
  /// A text, and whether halves of characters in it were replaced.
  case text(String, isRepaired: Bool)
  /// A number, true or false, as it is written.
  case plain(String)
  case null

  /// What is at a field, `meta.body`: the field of that whole name or else, step by step, what is in the objects on the
  /// way. A step into an array is a number, counted from 0. Nil if there is none.
  func field(_ path: Substring) -> JSONValue? {
    if case .array(let items) = self {
      let step = path.prefix { $0 != "." }
      guard let place = Int(step), items.indices.contains(place) else { return nil }
      return step.endIndex == path.endIndex ? items[place] : items[place].field(path[step.endIndex...].dropFirst())
    }
    guard case .object(let fields) = self else { return nil }
    // Of a key that is there twice the last counts, as in most readers.
    if let field = fields.last(where: { $0.key == path }) { return field.value }
    for dot in path.indices where path[dot] == "." {
      guard let field = fields.last(where: { $0.key == path[..<dot] }) else { continue }
      if let found = field.value.field(path[dot...].dropFirst()) { return found }
    }
    return nil
  }

  /// The names of the fields, those in objects included.
  var fieldNames: [String] {
    guard case .object(let fields) = self else { return [] }
    return fields.flatMap { key, value in
      let inside = value.fieldNames
      return inside.isEmpty ? [key] : inside.map { "\(key).\($0)" }
    }
  }
}

/// Reads the JSON value that a line holds (RFC 8259), and what programs write besides: NaN and Infinity for numbers, and
/// halves of characters (single surrogates), which become U+FFFD.
struct JSONLine {
  /// What is wrong with a line.
  struct Problem: Error { let message: String }

  /// The most arrays and objects in one another.
  private static let depthLimit = 200

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  /// The value of a line of UTF-8.
  static func value(_ bytes: ArraySlice<UInt8>) throws(Problem) -> JSONValue {
    var line = JSONLine(bytes: bytes, position: bytes.startIndex)
    let value = try line.value(depth: 0)
    line.skipSpace()
    guard line.next == nil else { throw line.problem("the end of the line behind a value") }
    return value
  }

  private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private func problem(_ expected: String) -> Problem {
    guard next != nil else { return Problem(message: "the line ends too early; expected \(expected)") }
    let found = String(decoding: bytes[position...].prefix(20), as: UTF8.self).debugDescription
    return Problem(message: "found \(found) at byte \(position - bytes.startIndex + 1); expected \(expected)")
  }

  private mutating func value(depth: Int) throws(Problem) -> JSONValue {
    guard depth < Self.depthLimit else {
      throw problem("at most \(Self.depthLimit) arrays and objects in one another")
    }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "\""):
      let (text, isRepaired) = try string()
      return .text(text, isRepaired: isRepaired)
    default: return try plain()
    }
  }

  private mutating func object(depth: Int) throws(Problem) -> [(key: String, value: JSONValue)] {
    position += 1
    var fields: [(key: String, value: JSONValue)] = []
    if skip("}") { return fields }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("a key in quotation marks") }
      let key = try string().text
      guard skip(":") else { throw problem("a colon behind a key") }
      fields.append((key, try value(depth: depth)))
    } while skip(",")
    guard skip("}") else { throw problem("a comma or } behind a value") }
    return fields
  }

  private mutating func array(depth: Int) throws(Problem) -> [JSONValue] {
    position += 1
    var items: [JSONValue] = []
    if skip("]") { return items }
    repeat { items.append(try value(depth: depth)) } while skip(",")
    guard skip("]") else { throw problem("a comma or ] behind a value") }
    return items
  }

  /// A number, true, false or null.
  private mutating func plain() throws(Problem) -> JSONValue {
    let word = bytes[position...].prefix { !", ]}:[{\"\t".utf8.contains($0) }
    let text = String(decoding: word, as: UTF8.self)
    let isNumber =
      word.first.map { "-0123456789".utf8.contains($0) } == true && Double(text) != nil
      && word.allSatisfy { "+-.0123456789eE".utf8.contains($0) }
    guard isNumber || ["true", "false", "null", "NaN", "Infinity", "-Infinity"].contains(text) else {
      throw problem("a value of JSON")
    }
    position = word.endIndex
    return text == "null" ? .null : .plain(text)
  }

  /// A text in quotation marks, which the position is at.
  private mutating func string() throws(Problem) -> (text: String, isRepaired: Bool) {
    position += 1
    var text = ""
    var isRepaired = false
    var start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\") else {
        guard byte >= 0x20 || byte == 0x09 else { throw problem("no control characters in a text") }
        position += 1
        continue
      }
      text += String(decoding: bytes[start..<position], as: UTF8.self)
      let (scalar, isWhole) = try escape()
      text.unicodeScalars.append(scalar)
      isRepaired = isRepaired || !isWhole
      start = position
    }
    guard next != nil else { throw problem("a quotation mark behind a text") }
    text += String(decoding: bytes[start..<position], as: UTF8.self)
    position += 1
    return (text, isRepaired)
  }

  /// What a backslash and the signs behind it mean; U+FFFD for half a character.
  private mutating func escape() throws(Problem) -> (scalar: Unicode.Scalar, isWhole: Bool) {
    let plain: [UInt8: Unicode.Scalar] = [
      UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", UInt8(ascii: "b"): "\u{8}",
      UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n", UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]
    let sign = bytes[position...].dropFirst().first
    if let sign, let scalar = plain[sign] {
      position += 2
      return (scalar, true)
    }
    guard sign == UInt8(ascii: "u"), let unit = unit(at: position) else {
      throw problem("one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u and four hexadecimal digits")
    }
    position += 6
    if let scalar = Unicode.Scalar(unit) { return (scalar, true) }
    // The first half of a character outside the first 65,536 must be followed by the second.
    guard unit < 0xDC00, let second = self.unit(at: position), (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00))
    else { return ("\u{FFFD}", false) }
    position += 6
    return (scalar, true)
  }

  /// The number of a `\u0041` that begins at a place.
  private func unit(at place: Int) -> UInt32? {
    let part = bytes[min(place, bytes.endIndex)...].prefix(6)
    guard part.count == 6, part.starts(with: "\\u".utf8), part.dropFirst(2).allSatisfy({ isHexadecimal($0) }) else {
      return nil
    }
    return UInt32(String(decoding: part.dropFirst(2), as: UTF8.self), radix: 16)
  }

  private func isHexadecimal(_ byte: UInt8) -> Bool { Character(UnicodeScalar(byte)).isHexDigit && byte < 0x80 }

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
