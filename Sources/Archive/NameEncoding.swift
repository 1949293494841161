import Foundation

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
