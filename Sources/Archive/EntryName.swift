/// An entry's name. Names that differ only in what makes no difference when entries are asked for are equal: a leading
/// `./` and a trailing `.gz`.
struct EntryName: Hashable {
  /// The name without what makes no difference.
  let text: Substring
  private let hasSuffix: Bool

  init(_ name: String) {
    var text = name[...]
    while text.hasPrefix("./") { text = text.dropFirst(2) }
    hasSuffix = text.hasSuffix(".gz")
    self.text = hasSuffix ? text.dropLast(3) : text
  }

  /// Whether the name of the entry is the one asked for even in its `.gz`.
  func isExact(for name: String) -> Bool {
    self == EntryName(name) && hasSuffix == EntryName(name).hasSuffix
  }

  static func == (one: EntryName, other: EntryName) -> Bool { one.text == other.text }
  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension EntryName {
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
