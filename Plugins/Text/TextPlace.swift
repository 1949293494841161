import Archive

/// Where texts are read from: makes items of bytes and says where they are damaged.
struct TextPlace {
  let path, entry: String
  let onInvalidUTF8: TextLayout.InvalidUTF8

  /// The text in UTF-8 at a line, or in the whole entry.
  func item(_ bytes: ArraySlice<UInt8>, line: Int?) throws(ArchiveError) -> TextItem {
    guard !bytes.contains(0) else { throw error(line, "found a zero byte; expected UTF-8 text") }
    var item = TextItem(id: line.map { "\(entry):\($0)" } ?? entry, text: "")
    if let text = String(validating: bytes, as: UTF8.self) {
      item.text = text
    } else {
      guard onInvalidUTF8 == .replace else {
        throw error(line, "found bytes that are not UTF-8; data.onInvalidUTF8: replace accepts them")
      }
      item.text = String(decoding: bytes, as: UTF8.self)
      item.isRepaired = true
    }
    return item
  }

  /// The text in a line's JSON object; nil for a blank line.
  func item(json bytes: ArraySlice<UInt8>, line: Int, _ layout: TextLayout) throws(ArchiveError) -> TextItem? {
    var item = try item(bytes, line: line)
    guard item.text.contains(where: { !$0.isWhitespace }) else { return nil }
    let value: JSONValue
    do throws(JSONLine.Problem) {
      value = try JSONLine.value(item.isRepaired ? Array(item.text.utf8)[...] : bytes)
    } catch {
      // Of an array or object over several lines the first line says more than where it ends.
      let isOpen = ["[", "{"].contains(item.text.filter { !$0.isWhitespace })
      throw self.error(line, "found no JSON object: \(isOpen ? Self.severalLines : error.message)")
    }
    guard case .object = value else {
      if case .array = value { throw self.error(line, "found no JSON object: \(Self.severalLines)") }
      throw self.error(line, "found no JSON object: the line holds another kind of value")
    }
    guard let found = value.field(layout.text[...]) else { throw missing(layout.text, in: value, line) }
    let text = try self.text(found, layout.text, line)
    (item.text, item.isHalved) = (text.text, text.isRepaired)
    if let name = layout.label {
      if let label = value.field(name[...]) {
        item.label = try self.text(label, name, line).text
      } else {
        item.missingLabel = missing(name, in: value, line)
      }
    }
    return item
  }

  private static let severalLines =
    "the line begins or holds an array, or an object that goes on in the next line; expected a whole object in each line "
    + "(JSON lines: no brackets around all of them, no commas between them)"

  private func text(
    _ value: JSONValue, _ field: String, _ line: Int
  ) throws(ArchiveError) -> (text: String, isRepaired: Bool) {
    switch value {
    case .text(let text, let isRepaired):
      guard !isRepaired || onInvalidUTF8 == .replace else {
        throw error(
          line,
          "field \"\(field)\" holds half a character (a single surrogate); data.onInvalidUTF8: replace accepts it")
      }
      return (text, isRepaired)
    case .plain(let text): return (text, false)
    case .null: return ("", false)
    case .object, .array: throw error(line, "field \"\(field)\" holds neither text nor a number")
    }
  }

  private func missing(_ field: String, in value: JSONValue, _ line: Int) -> ArchiveError {
    let names = value.fieldNames.sorted()
    let shown = names.prefix(12).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
    let rest = names.count > 12 ? " and \(names.count - 12) more" : ""
    return error(line, "no field \"\(field)\"; found \(names.isEmpty ? "none" : shown + rest)")
  }

  private func error(_ line: Int?, _ message: String) -> ArchiveError {
    ArchiveError(path: path, entry: entry, line: line, message: message)
  }
}
