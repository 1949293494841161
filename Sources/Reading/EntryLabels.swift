public import Files
public import Manifest

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

/// Where the class of an entry is written: the keys `labels` and `pattern`. Evaluation alone looks at classes.
public struct EntryLabels: Sendable {
  private enum Place: String, CaseIterable, Sendable {
    case none
    /// The name of the folder that the entry is in.
    case folder
    /// A part of the entry's name, with its folders, that `pattern` finds.
    case name
  }

  private let place: Place
  private let pattern: String?

  /// Every option, as text.
  public var key: String { "\(place) \(pattern ?? "")" }

  /// Reads the keys `labels` and `pattern`.
  public init(from section: SectionReader) throws(ManifestError) {
    place = try section(
      "labels", .choice, default: .none,
      "where classes are written: the file's folder, or its name; never used to train")
    pattern = try section(
      "pattern", .string, default: nil,
      "with labels: name, a regular expression whose first group in the entry's name, or whose whole match, is the class"
    )
    try section.check(
      (pattern != nil) == (place == .name), "pattern",
      place == .name
        ? "found none; expected a regular expression, since labels is name"
        : "found a pattern, which labels: \(place.rawValue) does not use; expected labels: name")
    if let pattern {
      do {
        _ = try Regex(pattern)
      } catch {
        throw section.error("pattern", "found \"\(pattern)\", which is no regular expression: \(error)")
      }
    }
  }

  /// The class of an entry; empty if it is unknown.
  public func label(of entry: String) throws -> String {
    switch place {
    case .none: return ""
    case .folder: return EntryPath(entry).folder ?? ""
    case .name:
      guard let match = try entry.firstMatch(of: Regex(pattern ?? "")) else { return "" }
      let part = match.output.count > 1 ? match.output[1].substring : match.output[0].substring
      return part.map(String.init) ?? ""
    }
  }

  /// The classes of items with these ids, nil if none are asked for. Throws if none is known.
  public func classes(_ classes: [String], ids: [String]) throws(UserError) -> ClassNumbers? {
    guard place != .none else { return nil }
    guard classes.contains(where: { !$0.isEmpty }) else {
      throw UserError(
        "\(place.rawValue) finds a class in no entry's name; the first is \"\(ids.first ?? "")\"",
        key: "data.labels")
    }
    return try ClassNumbers(classes) { "entry \"\(ids[$0])\"" }
  }
}
