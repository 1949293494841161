import Foundation

/// How bytes become the name of an entry.
enum EntryName {
  private static let hiddenFolders: Set = ["__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information"]
  private static let hiddenFiles: Set = ["thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"]

  /// Whether a name, or a folder in it, is one that systems keep for themselves, or that begins with a dot.
  static func isHidden(_ name: String) -> Bool {
    let steps = name.split(separator: "/")
    guard let file = steps.last else { return false }
    return hiddenFiles.contains(file.lowercased())
      || steps.contains { $0.first == "." && $0 != "." && $0 != ".." || hiddenFolders.contains(String($0)) }
  }

  /// The bytes as text. Different bytes are always different texts: of a step of the path that is not UTF-8, bytes
  /// beyond ASCII are written `\xE9`, and so is a backslash that would be taken for the beginning of that.
  static func text(of bytes: [UInt8]) -> String {
    let steps = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { step in
      let text = String(validating: step, as: UTF8.self)
      if let text, !step.indices.contains(where: { isEscape(step[$0...]) }) { return text }
      return step.indices.map { place in
        let isPlain = step[place] < 0x80 && !isEscape(step[place...])
        return isPlain ? String(Unicode.Scalar(step[place])) : escape(step[place])
      }.joined()
    }
    return steps.joined(separator: "/")
  }

  private static func escape(_ byte: UInt8) -> String {
    "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }

  /// Whether bytes begin like what `escape(_:)` makes.
  private static func isEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
    let next = bytes.prefix(4)
    return next.count == 4 && next.starts(with: Array("\\x".utf8))
      && next.suffix(2).allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
  }
}

/// A character set that names are written in where an archive does not say that they are UTF-8, as in zips of Windows.
public struct NameEncoding: Hashable, Sendable, CustomStringConvertible {
  /// What the set is called by iconv.
  public let description: String

  /// Names that stand for what Windows writes under them, which has more characters than the standard's set.
  private static let windows = [
    "shift-jis": "CP932", "shift_jis": "CP932", "shiftjis": "CP932", "sjis": "CP932", "windows-31j": "CP932",
    "gbk": "GB18030", "gb2312": "GB18030", "cp936": "GB18030", "euc-kr": "CP949", "uhc": "CP949",
  ]

  /// Finds a set by any name that iconv knows, such as `cp866`, `gbk` or `shift-jis`; nil if it knows none.
  public init?(_ name: String) {
    // iconv has options behind a slash, some of which lose characters.
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
      return nil
    }
    description = Self.windows[name.lowercased()] ?? name.uppercased()
    guard let converter = Self.converter(description) else { return nil }
    iconv_close(converter)
  }

  /// The bytes as text; nil if they are none in this set.
  func text(of bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, let converter = Self.converter(description) else { return bytes.isEmpty ? "" : nil }
    defer { iconv_close(converter) }
    var input = bytes.map { CChar(bitPattern: $0) }
    // No character of any set becomes more bytes of UTF-8 than this for each of its own.
    var output = [CChar](repeating: 0, count: 8 * bytes.count)
    var (left, room) = (input.count, output.count)
    let isWhole = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        var (from, to) = (input.baseAddress, output.baseAddress)
        return iconv(converter, &from, &left, &to, &room) != -1 && iconv(converter, nil, nil, &to, &room) != -1
      }
    }
    guard isWhole, left == 0 else { return nil }
    return String(validating: output.dropLast(room).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func converter(_ name: String) -> iconv_t? {
    let converter = iconv_open("UTF-8", name)
    return converter == iconv_t(bitPattern: -1) ? nil : converter
  }
}
