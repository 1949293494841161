/// How values of one type are read from a manifest, written back, and documented.
struct ValueFormat<Value> {
  /// The type's name in the documentation.
  var type: String
  /// What is allowed, in the documentation; empty if every value of the type is.
  var allowed: String
  /// The values to choose from, as written, if they can be listed.
  var choices: [String] = []
  /// What messages say is expected: "a whole number of at least 1".
  var expected: String
  /// An allowed value, for keys without a default when the documentation is collected.
  var placeholder: Value
  var read: (ManifestNode) throws(Mismatch) -> Value
  var write: (Value) -> ManifestNode
}

extension ValueFormat where Value == Bool {
  static var boolean: Self {
    Self(
      type: "boolean", allowed: "true, false", choices: ["true", "false"], expected: "true or false",
      placeholder: false,
      read: { (node) throws(Mismatch) in
        switch node.plainText {
        case "true": return true
        case "false": return false
        default: throw node.asPlain
        }
      },
      write: { .plain($0 ? "true" : "false") })
  }
}

extension ValueFormat where Value == String {
  static var string: Self {
    Self(
      type: "string", allowed: "", expected: "text", placeholder: "",
      read: { (node) throws(Mismatch) in
        guard let text = node.text else { throw Mismatch(node) }
        return text
      },
      write: { .text($0) })
  }
}

extension ValueFormat {
  /// One of `values`, each written as its name.
  static func choice(of values: [(name: String, value: Value)], name: @escaping (Value) -> String) -> Self? {
    guard let first = values.first else { return nil }
    let names = values.map(\.name)
    return Self(
      type: "choice", allowed: names.joined(separator: ", "), choices: names,
      expected: names.count == 1 ? first.name : "one of " + names.joined(separator: ", "),
      placeholder: first.value,
      read: { (node) throws(Mismatch) in
        guard let text = node.text else { throw Mismatch(node) }
        guard let match = values.first(where: { $0.name == text }) else {
          throw Mismatch(node, closest: closest(to: text, among: names))
        }
        return match.value
      },
      write: { .text(name($0)) })
  }

  /// A list, or one value without brackets.
  static func list<Item>(of item: ValueFormat<Item>) -> Self where Value == [Item] {
    Self(
      type: "list of \(item.type)s", allowed: item.allowed, expected: "a list, each item \(item.expected)",
      placeholder: [],
      read: { (node) throws(Mismatch) in
        guard case .list(let nodes) = node.content else { return [try item.read(node)] }
        var items: Value = []
        for (index, node) in nodes.enumerated() {
          do throws(Mismatch) {
            items.append(try item.read(node))
          } catch {
            var mismatch = error
            mismatch.found += " as item \(index + 1)"
            throw mismatch
          }
        }
        return items
      },
      write: { ManifestNode(.list($0.map(item.write))) })
  }
}

extension ManifestNode {
  /// The error for a value that must be written without quotes.
  var asPlain: Mismatch {
    if case .scalar(_, isPlain: false) = content { return Mismatch(self, " in quotes") }
    return Mismatch(self)
  }
}

/// The name most like a mistyped one, if two changed letters or fewer explain the mistake.
func closest(to text: String, among names: [String]) -> String? {
  let ranked = names.map { ($0, editDistance(text, $0)) }.filter { $1 <= 2 && $1 < $0.count }
  return ranked.min { $0.1 < $1.1 }?.0
}

/// The number of letters to insert, delete or replace that turns one text into the other.
private func editDistance(_ first: String, _ second: String) -> Int {
  // Lengths that differ by much decide without a table as large as a stranger's key.
  guard abs(first.count - second.count) <= 2 else { return .max }
  let letters = Array(second)
  var row = Array(0...letters.count)
  for (i, letter) in first.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in letters.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
    }
  }
  return row[letters.count]
}
