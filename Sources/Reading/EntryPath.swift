/// The path of an entry, step by step: what names, classes and kinds of files are taken from.
public struct EntryPath: Hashable, Sendable {
  /// The path without `.` and repeated slashes: what an item is called.
  public let name: String
  /// The folders that the entry is in, outermost first.
  public let folders: [Substring]
  /// The last step.
  public let file: Substring

  /// Takes an entry's name, which is a label and never a path on this machine.
  public init(_ entry: String) {
    let steps = entry.split(separator: "/").filter { $0 != "." }
    name = steps.joined(separator: "/")
    folders = steps.dropLast()
    file = steps.last ?? ""
  }

  /// The folder that the entry is in; nil if it is in none.
  public var folder: String? { folders.last.map(String.init) }

  /// What stands behind the file's last dot, in small letters; empty if there is none, or nothing before it.
  public var suffix: String { file.split(separator: ".").dropFirst().last?.lowercased() ?? "" }
}
