import Archive
import Foundation

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
  func item(json bytes: ArraySlice<UInt8>, line: Int, _ layout: TextLayout) throws -> TextItem? {
    var item = try item(bytes, line: line)
    guard item.text.contains(where: { !$0.isWhitespace }) else { return nil }
    let object: JSONFields
    do {
      object = try JSONDecoder().decode(JSONFields.self, from: Data(item.text.utf8))
    } catch {
      throw self.error(line, "found no JSON object: \(Self.reason(error))")
    }
    item.text = try text(layout.text, of: object, line)
    if let label = layout.label { item.label = try text(label, of: object, line) }
    return item
  }

  private func text(_ field: String, of object: JSONFields, _ line: Int) throws(ArchiveError) -> String {
    switch object.fields[field] {
    case .text(let text): return text
    case .null: return ""
    case .other: throw error(line, "field \"\(field)\" holds neither text nor a number")
    case nil:
      let names = object.fields.keys.sorted().prefix(12).map { "\"\($0.prefix(60))\"" }.joined(separator: ", ")
      throw error(line, "no field \"\(field)\"; found \(names.isEmpty ? "none" : names)")
    }
  }

  private func error(_ line: Int?, _ message: String) -> ArchiveError {
    ArchiveError(path: path, entry: entry, message: (line.map { "line \($0): " } ?? "") + message)
  }

  /// The reason of a decoding error on one line.
  private static func reason(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error else {
      return "the line holds another kind of value"
    }
    let cause = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
    return cause.map { "\($0.prefix(120))" } ?? context.debugDescription
  }
}

/// The fields of a JSON object as far as a text or a class may be in them.
private struct JSONFields: Decodable {
  enum Value {
    case text(String)
    case null
    case other
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var fields: [String: Value] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      let value: Value =
        if let text = try? container.decode(String.self, forKey: key) {
          .text(text)
        } else if let number = try? container.decode(Int.self, forKey: key) {
          .text(String(number))
        } else if let number = try? container.decode(Double.self, forKey: key) {
          .text(String(number))
        } else if let truth = try? container.decode(Bool.self, forKey: key) {
          .text(String(truth))
        } else if try container.decodeNil(forKey: key) {
          .null
        } else {
          .other
        }
      fields[key.stringValue] = value
    }
  }
}
