/// What is wrong with a file, folder or archive, and where.
///
/// Its description is one line for the user, for example
/// `data/x.tar.gz, entry "a/b": truncated gzip input`.
public struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the file or folder as the user gave it.
  public let path: String
  /// The name of the entry concerned; nil if the problem concerns the whole.
  public let entry: String?
  /// What was found and what is allowed.
  public let message: String

  /// Makes an error about a path, or about an entry in it.
  public init(path: String, entry: String? = nil, message: String) {
    self.path = path
    self.entry = entry
    self.message = message
  }

  /// The error as one line: path, entry, message.
  public var description: String {
    guard let entry else { return "\(path): \(message)" }
    return "\(path), entry \(entry.quoted): \(message)"
  }
}

extension String {
  /// The text in quotation marks on one line, without control characters and at most 200 scalars long;
  /// names come from archives, which may hold anything.
  var quoted: String {
    var line = ""
    for scalar in unicodeScalars.prefix(200) {
      let isControl = [.control, .format, .lineSeparator, .paragraphSeparator]
        .contains(scalar.properties.generalCategory)
      line += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return "\"\(line)\(unicodeScalars.dropFirst(200).isEmpty ? "" : "…")\""
  }
}
