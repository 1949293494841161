import Files

/// A configuration that reads itself from its section of a manifest, with each default written once.
///
/// ```swift
/// struct ViewConfiguration: ManifestSection {
///   var rotation: Double
///   var seed: Int?
///
///   init(from section: SectionReader) throws(ManifestError) {
///     rotation = try section("rotation", .number(in: 0...180), default: 20, "largest rotation, degrees")
///     seed = try section("seed", .integer, default: nil, "random seed; drawn anew if absent")
///   }
/// }
/// ```
/// The same reads check the manifest, resolve it and document it. Keys that the initialiser does not read are
/// errors, which whoever reads the section (`ManifestDocument.read`, `SectionReader.read`) reports.
public protocol ManifestSection {
  /// Reads the configuration.
  init(from section: SectionReader) throws(ManifestError)
}

/// Reads the keys of one section of a manifest.
///
/// Each reader takes the key, a default and the key's meaning. `default: nil` makes a key optional: absent or `null`
/// reads as nil. Without `default:` the key is required. What is out of range or of another type is an error.
public final class SectionReader {
  let log: ReadingLog
  /// The keys read so far with their values, in order.
  var resolved: [ManifestNode.Entry] = []
  let path: [String]
  let place: ManifestError.Place
  private let entries: [ManifestNode.Entry]
  private var known: [String] = []

  init(log: ReadingLog, path: [String], place: ManifestError.Place, entries: [ManifestNode.Entry]) {
    self.log = log
    self.path = path
    self.place = place
    self.entries = entries
  }

  convenience init(
    root: ManifestNode, source: String, folder: String, isDescribing: Bool = false, isResolved: Bool = false
  ) {
    let log = ReadingLog(source: source, folder: folder, isDescribing: isDescribing, isResolved: isResolved)
    var entries: [ManifestNode.Entry] = []
    if case .section(let present) = root.content { entries = present }
    self.init(log: log, path: [], place: root.place, entries: entries)
  }

  /// True if the manifest, or the command line, gives a value for `key`; a default does not count, nor does null, as
  /// which a run's manifest names what is absent.
  public func contains(_ key: String) -> Bool { entry(key).map { !$0.value.isNull } ?? false }

  /// An error about the value of `key`, at its place in the manifest.
  public func error(_ key: String, _ problem: String) -> ManifestError {
    error(key, problem, at: entry(key)?.value.place ?? place)
  }

  /// Throws an error about the value of `key` unless `condition` holds.
  ///
  /// For conditions between keys: they are not looked at while the documentation is collected.
  public func check(
    _ condition: @autoclosure () -> Bool, _ key: String, _ problem: @autoclosure () -> String
  ) throws(ManifestError) {
    guard log.isDescribing || condition() else { throw error(key, problem()) }
  }

  /// Says that `key` has an effect only where `condition` holds, as the value of `other` decides; the reason completes
  /// "has no effect". Both are keys of this section, or paths of keys from it on, and `key` was read before.
  ///
  /// Where the condition does not hold, the resolved manifest leaves `key` out, and giving it is an error. If the
  /// command line gives `other` and the file `key`, that is a warning: the file was right without the command line.
  /// A run's own manifest may list what has no effect, since earlier versions wrote every key.
  public func requires(
    _ key: String, of other: String, _ condition: @autoclosure () -> Bool, _ reason: @autoclosure () -> String
  ) throws(ManifestError) {
    guard !log.isDescribing, !condition() else { return }
    remove(key.split(separator: ".").map(String.init)[...], from: &resolved)
    guard let given = value(along: key), !given.isNull, !given.hasNothing else { return }
    let place = given.overridden
    if log.isResolved, place == nil { return }
    let error = error(
      key, "found \(given.found), which has no effect \(reason()); leave the key out", at: place ?? given.place)
    guard place == nil, value(along: other)?.overridden != nil else { throw error }
    log.warnings.append("\(error)")
  }

  /// The value at a path of keys from this section on; nil if it is not there.
  private func value(along path: String) -> ManifestNode? {
    let values = ManifestNode(.section(entries)).values(along: path)
    return values.count == path.split(separator: ".").count + 1 ? values.last : nil
  }

  private func remove(_ keys: ArraySlice<String>, from entries: inout [ManifestNode.Entry]) {
    guard let place = entries.firstIndex(where: { $0.key == keys.first }) else { return }
    if keys.count == 1 {
      entries.remove(at: place)
    } else if case .section(var inner) = entries[place].value.content {
      remove(keys.dropFirst(), from: &inner)
      entries[place].value.content = .section(inner)
    }
  }

  /// Reports the first key of the section that nothing has read.
  func finish() throws(ManifestError) {
    guard let unknown = entries.first(where: { !known.contains($0.key) }) else { return }
    let allowed = known.isEmpty ? "none" : known.joined(separator: ", ")
    let hint = closest(to: unknown.key, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
    throw error(unknown.key, "unknown key; allowed: \(allowed)\(hint)", at: unknown.place)
  }

  func entry(_ key: String) -> ManifestNode.Entry? { entries.first { $0.key == key } }

  func error(_ key: String, _ problem: String, at place: ManifestError.Place) -> ManifestError {
    ManifestError(source: log.source, place: place, key: fullPath(key), problem: problem)
  }

  private func fullPath(_ key: String) -> String { (path + [key.excerpt(60)]).joined(separator: ".") }

  func document<Value>(
    _ key: String, _ format: ValueFormat<Value>, _ standard: String, _ meaning: String
  ) {
    document(
      key, type: format.type, default: standard, allowed: format.allowed, choices: format.choices, meaning)
  }

  func document(
    _ key: String, type: String, default standard: String, allowed: String, choices: [String] = [],
    _ meaning: String
  ) {
    // A key read twice is one key.
    guard !known.contains(key) else { return }
    known.append(key)
    log.keys.append(
      ManifestKey(
        path: fullPath(key), type: type, default: standard, allowed: allowed, meaning: meaning, choices: choices))
  }

  func resolve(_ key: String, _ value: ManifestNode) {
    resolved.removeAll { $0.key == key }
    resolved.append(.init(key: key, place: .file, value: value))
  }
}
