/// The dictionary in the header of an NPY file: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NPYDictionary {
  /// What is wrong with a header.
  struct Problem: Error { let message: String }

  private(set) var description = ""
  private(set) var isFortranOrder = false
  private(set) var shape: [Int] = []
  private var rest: Substring.UnicodeScalarView

  init(_ text: String) throws(Problem) {
    rest = text[...].unicodeScalars
    var missing: Set = ["descr", "fortran_order", "shape"]
    try expect("{")
    while !take("}") {
      let key = try string()
      guard missing.remove(key) != nil else {
        throw Problem(message: "found the key \(key.quoted); expected descr, fortran_order and shape, once each")
      }
      try expect(":")
      switch key {
      case "descr": description = try type()
      case "fortran_order": isFortranOrder = try boolean()
      default: shape = try sizes()
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    guard missing.isEmpty else {
      throw Problem(message: "found no \(missing.sorted().joined(separator: ", ")) in the header")
    }
    skipSpaces()
    guard rest.isEmpty else { throw unexpected("the end of the header") }
  }

  private mutating func type() throws(Problem) -> String {
    skipSpaces()
    if rest.first == "[" {
      throw Problem(message: "found elements of several fields; expected numbers of one type")
    }
    return try string()
  }

  private mutating func boolean() throws(Problem) -> Bool {
    let word = word()
    guard word == "True" || word == "False" else {
      throw Problem(message: "fortran_order: found \(word.quoted); expected True or False")
    }
    return word == "True"
  }

  /// A tuple of whole numbers; one of a single number ends in a comma.
  private mutating func sizes() throws(Problem) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    while !take(")") {
      let digits = word()
      // `Int` alone would take a sign.
      guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let size = Int(digits) else {
        throw Problem(message: "shape: found \(digits.quoted); expected a size")
      }
      sizes.append(size)
      if !take(",") {
        guard sizes.count > 1 else { throw unexpected("\",\" after the only size") }
        try expect(")")
        break
      }
    }
    return sizes
  }

  private mutating func string() throws(Problem) -> String {
    skipSpaces()
    guard let quote = rest.first, quote == "'" || quote == "\"" else { throw unexpected("text in quotation marks") }
    rest.removeFirst()
    var text = ""
    while let scalar = rest.popFirst() {
      if scalar == quote { return text }
      guard scalar != "\\" else { break }
      text.unicodeScalars.append(scalar)
    }
    throw Problem(message: "found text without a closing quotation mark in the header")
  }

  private mutating func word() -> String {
    skipSpaces()
    var text = ""
    while let scalar = rest.first, scalar.isASCII, scalar.properties.isAlphabetic || scalar.isDigit || scalar == "-"
    {
      text.unicodeScalars.append(scalar)
      rest.removeFirst()
    }
    return text
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard rest.first == scalar else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(Problem) {
    guard take(scalar) else { throw unexpected("\"\(scalar)\"") }
  }

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == " " || $0 == "\n" }
  }

  private func unexpected(_ expected: String) -> Problem {
    let found = rest.isEmpty ? "the end" : String(String.UnicodeScalarView(rest.prefix(20))).quoted
    return Problem(message: "found \(found) in the header; expected \(expected)")
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
