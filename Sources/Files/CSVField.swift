/// A field of a CSV table.
package enum CSVField {
  /// A text as a field: in quotes where it holds a comma, a quote or the end of a line.
  package static func text(_ text: String) -> String {
    let isSpecial = text.utf8.contains {
      $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
    }
    return isSpecial ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }
}
