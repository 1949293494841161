/// Finds the keys of a configuration, those included that only some choices have.
///
/// What a configuration reads may depend on a choice it has read before. So it is run over an empty manifest, then
/// with each other value of each choice that a run has met for the first time. Keys that depend on numbers or on
/// text are not found.
enum KeyExploration {
  /// More than any configuration has; a bound for one that makes up keys as it goes.
  private static let runLimit = 1000

  static func keys(
    of body: (SectionReader) throws(ManifestError) -> Void
  ) throws(ManifestError) -> [ManifestKey] {
    var found = try run([], body)
    var pending = alternatives(in: found, under: [])
    var runs = 1
    while let assumed = pending.popLast(), runs < runLimit {
      runs += 1
      // A combination that the configuration refuses has no keys of its own.
      guard let keys = try? run(assumed, body) else { continue }
      let known = Set(found.map(\.path))
      let fresh = keys.filter { !known.contains($0.path) }
      for key in keys where found.contains(where: { $0.path == key.path && !$0.conditions.isEmpty }) {
        note(assumed.last, for: key.path, in: &found)
      }
      insert(fresh, of: keys, under: assumed, into: &found)
      pending += alternatives(in: fresh, under: assumed)
    }
    return found
  }

  /// One run in which each of `assumed`, written `key.path=value`, stands in the manifest.
  private static func run(
    _ assumed: [String], _ body: (SectionReader) throws(ManifestError) -> Void
  ) throws(ManifestError) -> [ManifestKey] {
    var root = ManifestNode(.section([]))
    for assumption in assumed { try ManifestOverride(assumption, source: "manifest").apply(to: &root) }
    let reader = SectionReader(
      root: root, source: "manifest", folder: ManifestPath.absolute("."), isDescribing: true)
    try body(reader)
    return reader.log.keys
  }

  /// Every choice's values other than the one it has in a run; the last of them is tried first.
  private static func alternatives(in keys: [ManifestKey], under assumed: [String]) -> [[String]] {
    keys.reversed().flatMap { key in
      let usual =
        key.choices.contains(key.default) ? key.default : key.default == "required" ? key.choices.first : nil
      return key.choices.filter { $0 != usual }.reversed().map { assumed + ["\(key.path)=\($0)"] }
    }
  }

  /// Puts `fresh` keys behind the keys that come before them in their own run.
  private static func insert(
    _ fresh: [ManifestKey], of keys: [ManifestKey], under assumed: [String], into found: inout [ManifestKey]
  ) {
    let paths = Set(fresh.map(\.path))
    var place = 0
    for key in keys {
      if paths.contains(key.path) {
        var key = key
        key.conditions = assumed
        found.insert(key, at: place)
        place += 1
      } else if let index = found.firstIndex(where: { $0.path == key.path }) {
        place = index + 1
      }
    }
  }

  /// Notes another value of the same choice under which a key is read.
  private static func note(_ assumption: String?, for path: String, in found: inout [ManifestKey]) {
    guard let assumption, let index = found.firstIndex(where: { $0.path == path }) else { return }
    let choice = assumption.prefix { $0 != "=" }
    let isSameChoice = found[index].conditions.contains { $0.prefix { $0 != "=" } == choice }
    if isSameChoice, !found[index].conditions.contains(assumption) { found[index].conditions.append(assumption) }
  }
}
