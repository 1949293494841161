/// What is wrong with a file, folder or archive, and where.
///
/// Its description is one line for the user, for example
/// `data/x.tar.gz, entry "a/b": truncated gzip input`.
public struct ArchiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path of the file or folder as the user gave it.
  public let path: String
  /// The name of the entry concerned; nil if the problem concerns the whole.
  public let entry: String?
  /// The line of a text concerned, counted from 1; nil if the problem concerns none. Reading can go on behind it.
  public let line: Int?
  /// The column of a table concerned; nil if the problem concerns none.
  public let column: String?
  /// What was found and what is allowed.
  public let message: String

  /// Makes an error about a path, or about an entry in it, or about a line of that.
  public init(path: String, entry: String? = nil, line: Int? = nil, column: String? = nil, message: String) {
    self.path = path
    self.entry = entry
    self.line = line
    self.column = column
    self.message = message
  }

  /// The error as one line: path, entry, line, column, message.
  public var description: String {
    let file = entry.map { "\(path), entry \($0.quoted)" } ?? path
    let place = [line.map { "line \($0)" }, column.map { "column \($0)" }].compactMap(\.self)
    return ([file] + (place.isEmpty ? [] : [place.joined(separator: ", ")]) + [message]).joined(separator: ": ")
  }

  /// What is wrong, without the file and the line: the same for all lines of which the same is wrong.
  public var reason: String { (column.map { "column \($0): " } ?? "") + message }

  /// The same error with more said.
  public func adding(_ hint: String) -> ArchiveError {
    ArchiveError(path: path, entry: entry, line: line, column: column, message: message + hint)
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
