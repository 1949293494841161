/// Finds the keys of a configuration, those included that only some choices have.
///
/// What a configuration reads may depend on a choice it has read before. So it is run over an empty manifest, then
/// with each other value of each choice that a run has met for the first time. Which of these runs read a key says
/// with which values it is read. A key that is read in several ways, of other types or with other defaults, is listed
/// once for each. Keys that depend on numbers or on text are not found.
struct KeyExploration {
  /// More than any configuration has; a bound for one that makes up keys as it goes.
  private static let runLimit = 1000

  private typealias Body = (SectionReader) throws(ManifestError) -> Void

  /// A run whose choices are to be tried.
  private struct Run {
    /// The choices that were made, written `key.path=value`.
    let assumed: [String]
    let keys: [ManifestKey]
    /// Those of the keys that no run before has read.
    let fresh: [ManifestKey]
  }

  /// What one value of a choice makes a configuration read.
  private struct Branch {
    let condition: String
    let keys: [ManifestKey]
    private let known: Set<ManifestKey>

    init(condition: String, keys: [ManifestKey]) {
      self.condition = condition
      self.keys = keys
      known = Set(keys)
    }

    func reads(_ key: ManifestKey) -> Bool { known.contains(key) }
  }

  /// Without conditions, so that each is what a run has read.
  private var found: [ManifestKey]
  private var known: Set<ManifestKey>
  private var conditions: [ManifestKey: [String]] = [:]
  private var runs = 1

  /// The keys that `body` reads with whatever choices, in the order it reads them.
  static func keys(
    of body: (SectionReader) throws(ManifestError) -> Void
  ) throws(ManifestError) -> [ManifestKey] {
    let keys = try run([], body)
    var exploration = KeyExploration(found: keys, known: Set(keys))
    var pending = [Run(assumed: [], keys: keys, fresh: keys)]
    while let run = pending.popLast() { pending += exploration.explore(run, body).reversed() }
    return exploration.found.map { key in
      var key = key
      key.conditions = exploration.conditions[key] ?? []
      return key
    }
  }

  private init(found: [ManifestKey], known: Set<ManifestKey>) { (self.found, self.known) = (found, known) }

  /// Tries the choices that a run was the first to read. Returns the runs that have read more.
  private mutating func explore(_ run: Run, _ body: Body) -> [Run] {
    var more: [Run] = []
    for choice in run.fresh where !choice.choices.isEmpty {
      let usual = choice.usualChoice
      var branches = [Branch(condition: "\(choice.path)=\(usual ?? "null")", keys: run.keys)]
      for value in choice.choices where value != usual {
        guard let keys = self.keys(run.assumed + ["\(choice.path)=\(value)"], body) else { continue }
        branches.append(Branch(condition: "\(choice.path)=\(value)", keys: keys))
      }
      for key in run.fresh where key != choice && !branches.allSatisfy({ $0.reads(key) }) {
        conditions[key, default: []] += branches.filter { $0.reads(key) }.map(\.condition)
      }
      for branch in branches.dropFirst() {
        let fresh = branch.keys.filter { !known.contains($0) }
        for key in fresh {
          conditions[key] = (conditions[choice] ?? []) + branches.filter { $0.reads(key) }.map(\.condition)
          insert(key, of: branch.keys)
        }
        guard !fresh.isEmpty else { continue }
        more.append(Run(assumed: run.assumed + [branch.condition], keys: branch.keys, fresh: fresh))
      }
    }
    return more
  }

  /// What a run with these choices reads; nil if the configuration refuses them, which says nothing of keys.
  private mutating func keys(_ assumed: [String], _ body: Body) -> [ManifestKey]? {
    guard runs < Self.runLimit else { return nil }
    runs += 1
    return try? Self.run(assumed, body)
  }

  /// One run in which each of `assumed` stands in the manifest.
  private static func run(_ assumed: [String], _ body: Body) throws(ManifestError) -> [ManifestKey] {
    var root = ManifestNode(.section([]))
    for assumption in assumed { try ManifestOverride(assumption, source: "manifest").apply(to: &root) }
    let reader = SectionReader(
      root: root, source: "manifest", folder: ManifestPath.absolute("."), isDescribing: true)
    try body(reader)
    return reader.log.keys
  }

  /// Puts a key behind the one before it in its own run.
  private mutating func insert(_ key: ManifestKey, of keys: [ManifestKey]) {
    known.insert(key)
    let place = keys.firstIndex(of: key) ?? 0
    let earlier = place > 0 ? found.firstIndex(of: keys[place - 1]) : nil
    found.insert(key, at: earlier.map { $0 + 1 } ?? 0)
  }
}

extension ManifestKey {
  /// The value that a choice has where the manifest says nothing; nil if it then has none.
  fileprivate var usualChoice: String? {
    choices.contains(`default`) ? `default` : `default` == "required" ? choices.first : nil
  }
}
