public import Archive
import Files
public import Manifest

/// What is done about an item that cannot be read, by the key `onUndecodable`.
public enum Undecodable: String, CaseIterable, Sendable {
  /// Reading ends with an error that names it.
  case fail
  /// It is left out, counted and named.
  case skip

  /// What a message about such an item ends with.
  public static let hint = "; data.onUndecodable: skip leaves it out"
}

extension SectionReader {
  /// The section's key `onUndecodable`; `meaning` says of what it decides.
  public func onUndecodable(_ meaning: String) throws(ManifestError) -> Undecodable {
    try self("onUndecodable", .choice, default: .fail, meaning)
  }
}

/// Counts what of some data is left out, by reason, and names the first of it, so that nothing is left out silently.
///
///     var leftOut = LeftOut()
///     leftOut.add("a/b.bin", because: "shorter than 0.5 s")
///     description.notes += leftOut.notes(of: "files")   // data: left out files, shorter than 0.5 s: 1: "a/b.bin"
///
/// Of whatever number, no more than some names are kept in memory.
public struct LeftOut: Sendable {
  /// The most that are named for one reason.
  public static let nameLimit = 20
  /// The most reasons that are told apart: a decoder may have a message of its own for every file.
  public static let reasonLimit = 12

  /// What would have been an item of the data.
  public struct Item: Sendable, Codable, Equatable {
    /// Its name, as those of items.
    public var id: String
    /// Why it is none.
    public var reason: String
    /// How many items come before it.
    public var place: Int

    /// Names one.
    public init(id: String, reason: String, place: Int) {
      (self.id, self.reason, self.place) = (id, reason, place)
    }
  }

  fileprivate struct Group: Sendable {
    let reason: String
    var count = 0
    var names: [String] = []
  }

  /// All that would have been items, in order: those that were added with their places.
  public private(set) var items: [Item] = []
  private var groups: [Group] = []
  /// Those of reasons beyond the limit.
  private var others = Group(reason: "for other reasons")

  /// None so far.
  public init() {}

  /// What a source leaves out whatever is asked for.
  public init(_ omissions: Omissions) { add(omissions) }

  /// How many were left out for whatever reason.
  public var count: Int { groups.reduce(others.count) { $0 + $1.count } }

  /// Notes one more by its name, which may hold anything.
  public mutating func add(_ name: String, because reason: String) {
    add([Self.quoted(name)], count: 1, because: reason)
  }

  /// Notes one more that would have been an item, behind `place` others that are; `id` is its name as an item's, if that is
  /// another.
  public mutating func add(_ name: String, because reason: String, behind place: Int, id: String? = nil) {
    add(name, because: reason)
    items.append(Item(id: id ?? name, reason: reason, place: place))
  }

  /// Notes one more by its line, counted from 1; with `place` it would have been an item behind so many others that are.
  public mutating func add(line: Int, because reason: String, behind place: Int? = nil) {
    add(["line \(line)"], count: 1, because: reason)
    if let place { items.append(Item(id: "line \(line)", reason: reason, place: place)) }
  }

  /// Notes what a source left out, behind the name of the source where there are several.
  public mutating func add(_ omissions: Omissions, of source: String? = nil) {
    for group in omissions.groups {
      let names = group.names.map { Self.quoted((source.map { "\($0): " } ?? "") + $0) }
      add(names, count: group.count, because: group.reason)
    }
  }

  private static func quoted(_ name: String) -> String { "\"\(name.excerpt(200))\"" }

  private mutating func add(_ names: [String], count: Int, because reason: String) {
    let place =
      groups.firstIndex { $0.reason == reason }
      ?? (groups.count < Self.reasonLimit ? groups.endIndex : nil)
    guard let place else {
      others.take(names.map { "\($0) (\(reason))" }, count)
      return
    }
    if place == groups.endIndex { groups.append(Group(reason: reason)) }
    groups[place].take(names, count)
  }

  /// A line for each reason: `data: left out files, shorter than 0.5 s: 25, the first 20: "a"; "b"; ...`.
  ///
  /// - Parameters:
  ///   - what: the plural of what was left out.
  ///   - place: where it was found: the manifest's section, or a path.
  ///   - outcome: what became of it, where it was not left out: `data: files kept in part, ...`.
  public func notes(of what: String, in place: String = "data", _ outcome: String? = nil) -> [String] {
    let whole = outcome.map { "\(what) \($0)" } ?? "left out \(what)"
    return (groups + (others.count > 0 ? [others] : [])).map { "\(place): \(whole), \($0.reason): \($0.extent)" }
  }
}

extension LeftOut.Group {
  fileprivate mutating func take(_ more: [String], _ number: Int) {
    count += number
    names += more.prefix(LeftOut.nameLimit - names.count)
  }

  fileprivate var extent: String {
    let number = count > names.count ? "\(count), the first \(names.count)" : "\(count)"
    return "\(number): \(names.joined(separator: "; "))"
  }
}
