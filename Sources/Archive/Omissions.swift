import Synchronization

/// What is left out of a source whatever is asked for, by reason, with the first names of each.
public struct Omissions: Sendable {
  /// Those of one reason.
  public struct Group: Sendable {
    /// Why they are left out; their plural, as in `symbolic links that lead nowhere`.
    public let reason: String
    /// How many they are.
    public fileprivate(set) var count = 0
    /// The first of them. A folder's name ends in a slash.
    public fileprivate(set) var names: [String] = []
  }

  enum Reason: String {
    case hidden = "hidden, or kept by a system for itself"
    case outside = "symbolic links that lead out of the folder (links: anywhere follows them)"
    case nowhere = "symbolic links that lead nowhere"
    case closed = "symbolic links that cannot be followed"
    case circle = "symbolic links that lead in a circle"
    case around = "symbolic links to a folder that they are in"
    case again = "symbolic links to a folder that another link before them leads to"
    case archived = "symbolic links, which are not followed in an archive"
    case special = "neither files nor folders"
  }

  private static let nameLimit = 20

  /// One for each reason that there is.
  public private(set) var groups: [Group] = []

  /// How many there are for whatever reason.
  public var count: Int { groups.reduce(0) { $0 + $1.count } }

  mutating func add(_ name: String, _ reason: Reason) { add([name], count: 1, because: reason.rawValue) }

  mutating func add(_ others: Omissions) {
    for group in others.groups { add(group.names, count: group.count, because: group.reason) }
  }

  private mutating func add(_ names: [String], count: Int, because reason: String) {
    let place = groups.firstIndex { $0.reason == reason } ?? groups.endIndex
    if place == groups.endIndex { groups.append(Group(reason: reason)) }
    groups[place].count += count
    groups[place].names += names.prefix(Self.nameLimit - groups[place].names.count)
  }

  /// All on one line, to be put behind an error that misses something; empty if there are none.
  var remark: String {
    groups.map { group in
      let names = group.names.prefix(8).map(\.quoted).joined(separator: ", ")
      let rest = group.count > 8 ? " and \(group.count - 8) more" : ""
      return "; left out \(group.reason): \(group.count): \(names)\(rest)"
    }.joined()
  }
}

/// What the readings of a source left out, shared by all copies of the source.
final class OmissionLog: Sendable {
  private let found = Mutex((onDisk: Omissions(), inReading: Omissions()))

  var omissions: (onDisk: Omissions, inReading: Omissions) { found.withLock { $0 } }

  /// Takes what a look at a folder found, instead of what one before it did.
  func note(onDisk omissions: Omissions) { found.withLock { $0.onDisk = omissions } }

  /// Takes what a pass over the entries left out. One that stopped early knows less than one before it.
  func note(inReading omissions: Omissions) {
    found.withLock { if omissions.count > $0.inReading.count { $0.inReading = omissions } }
  }
}
