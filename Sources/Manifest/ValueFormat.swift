/// How values of one type are read from a manifest, written back, and documented: `.integer(in: 2...4096)`,
/// `.choice(of: names)`, `.list(of: .string)`.
public struct ValueFormat<Value> {
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
  /// Reads a value; relative paths in the manifest start from the folder.
  var read: (ManifestNode, _ folder: String) throws(Mismatch) -> Value
  var write: (Value) -> ManifestNode
}

extension ValueFormat where Value == Bool {
  /// `true` or `false`.
  public static var boolean: Self {
    Self(
      type: "boolean", allowed: "true, false", choices: ["true", "false"], expected: "true or false",
      placeholder: false,
      read: { (node, _) throws(Mismatch) in
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
  /// Text: any scalar but null, quoted or not.
  public static var string: Self {
    Self(
      type: "string", allowed: "", expected: "text", placeholder: "",
      read: { (node, _) throws(Mismatch) in
        guard let text = node.text else { throw Mismatch(node) }
        return text
      },
      write: { .text($0) })
  }
}

extension ValueFormat where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// A case of an enumeration, written as its raw value.
  public static var choice: Self { choice(of: Value.self) }

  /// A case of an enumeration, written as its raw value.
  public static func choice(of type: Value.Type) -> Self {
    choice(of: type.allCases.map { ($0.rawValue, $0) }, name: \.rawValue, placeholder: type.allCases.first)
  }
}

extension ValueFormat where Value == String {
  /// One of `names`, which a registry knows.
  public static func choice(of names: [String]) -> Self {
    choice(of: names.map { ($0, $0) }, name: { $0 }, placeholder: names.first ?? "")
  }
}

extension ValueFormat {
  /// One of `values`, each written as its name.
  private static func choice(
    of values: [(name: String, value: Value)], name: @escaping (Value) -> String, placeholder: Value?
  ) -> Self {
    guard let placeholder else { preconditionFailure("an enumeration without cases is no choice") }
    let names = values.map(\.name)
    return Self(
      type: "choice", allowed: names.joined(separator: ", "), choices: names,
      expected: names.count > 1
        ? "one of " + names.joined(separator: ", ") : names.first ?? "",
      placeholder: placeholder,
      read: { (node, _) throws(Mismatch) in
        guard let text = node.text else { throw Mismatch(node) }
        guard let match = values.first(where: { $0.name == text }) else {
          throw Mismatch(node, closest: closest(to: text, among: names))
        }
        return match.value
      },
      write: { .text(name($0)) })
  }

  /// A list, or one value without brackets.
  public static func list<Item>(of item: ValueFormat<Item>) -> Self where Value == [Item] {
    Self(
      type: "list of \(item.type)s", allowed: item.allowed, expected: "a list, each item \(item.expected)",
      placeholder: [],
      read: { (node, folder) throws(Mismatch) in
        guard case .list(let nodes) = node.content else { return [try item.read(node, folder)] }
        var items: Value = []
        for (index, node) in nodes.enumerated() {
          do throws(Mismatch) {
            items.append(try item.read(node, folder))
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
