import Foundation
import IICCore
import Manifest
import Torch

/// A way to write the `data` section of a manifest, for `ConformanceCheck.cacheKeys`.
///
/// The check finds other values of numbers, booleans and choices itself, and takes `null` for what may be left out.
/// Texts and lists of texts, and numbers that change little data only where they are chosen well, need `changes`.
public struct DataLayout: Sendable, CustomStringConvertible {
  let overrides: [String]
  let changes: [String: [String]]
  let inert: Set<String>

  /// Describes the section.
  ///
  /// - Parameters:
  ///   - overrides: what makes the conformance's manifest this one, as `key.path=value`, where `$FOLDER` is the folder that
  ///     the data was written into.
  ///   - changes: by key, what gives it a value with which the data differs, as `key.path=value`; several where other
  ///     keys must change with it.
  ///   - inert: keys with which this data is the same whatever their value.
  public init(_ overrides: [String] = [], changes: [String: [String]] = [:], inert: Set<String> = []) {
    self.overrides = overrides
    self.changes = changes
    self.inert = inert
  }

  /// What makes the manifest this one.
  public var description: String { overrides.isEmpty ? "the manifest as it is" : overrides.joined(separator: " ") }
}

extension ModalityConformance {
  func checkCacheKeys(_ report: ConformanceReport) throws {
    let subject = try open()
    let shared = SampleCache(folder: subject.folder.appending(path: "cache"))
    let found = try layouts.map { layout in
      try LayoutVariation(self, layout, folder: subject.folder, shared: shared, report).check()
    }
    for (layout, keys) in zip(layouts, found) {
      // Layouts whose choices differ are values of these.
      let idle = keys.idle.filter { key in
        !keys.choices.contains(key) || Set(found.compactMap { $0.values[key] }).count < 2
      }
      try report.expect(
        idle.isEmpty,
        "with \(layout), no value that was tried of \(idle.sorted().joined(separator: ", ")) changes the data; give one "
          + "in the layout's changes, or say that it is inert")
    }
    let read = Set(found.flatMap(\.values.keys))
    let unread = try describe().ownKeys.filter { $0.isVaried && !read.contains($0.path) }
    try report.expect(
      unread.isEmpty,
      "no layout of the data has the keys \(unread.map(\.path).joined(separator: ", ")); add one in which they are read"
    )
  }
}

/// Opens the data of one layout with other values of its keys: from one cache for all, and from a new one each time.
private struct LayoutVariation {
  private let conformance: ModalityConformance
  private let layout: DataLayout
  private let folder: URL
  private let shared: SampleCache
  private let report: ConformanceReport

  init(
    _ conformance: ModalityConformance, _ layout: DataLayout, folder: URL, shared: SampleCache,
    _ report: ConformanceReport
  ) {
    self.conformance = conformance
    self.layout = layout
    self.folder = folder
    self.shared = shared
    self.report = report
  }

  /// What a run sees of its data.
  private enum Outcome: Equatable {
    case data(DatasetDescription, samples: [Double], partners: [[Int]]?)
    case refused
  }

  /// The keys that a layout has.
  struct Keys {
    /// Each with its value.
    var values: [String: String] = [:]
    /// Those that are one of several names, or true or false.
    var choices: Set<String> = []
    /// Those that are not said to be inert, and of which no value changed anything.
    var idle: Set<String> = []
  }

  /// Throws unless the cache tells apart what every key changes.
  func check() throws -> Keys {
    var keys = Keys()
    var effective: Set<String> = []
    // A choice may bring keys of its own, which are varied beside it.
    var pending = [layout.overrides]
    do {
      _ = try modality(with: layout.overrides).dataset(cache: shared)
    } catch {
      throw report.error("with \(layout), the data cannot be read: \(error)")
    }
    while let base = pending.popLast() {
      guard let usual = try outcome(base, key: "data") else { continue }
      let resolved = try conformance.read(conformance.document(in: folder, overrides: base))
      for key in resolved.keys where key.isVaried && keys.values[key.path] == nil {
        let value = resolved.value(of: key.path) ?? ""
        keys.values[key.path] = value
        if !key.choices.isEmpty { keys.choices.insert(key.path) }
        let given = layout.changes[key.path].map { [$0] } ?? []
        for change in given + key.otherValues(than: value).map({ ["\(key.path)=\($0)"] }) {
          guard let found = try outcome(base + change, key: key.path) else { continue }
          if found != usual { effective.insert(key.path) }
          guard found != .refused else { continue }
          if !key.choices.isEmpty { pending.append(base + change) }
          if key.choices.isEmpty, found != usual { break }
        }
      }
      // What was read in between has not taken its place.
      _ = try outcome(base, key: "data")
    }
    let known = Set(keys.values.keys)
    keys.idle = known.subtracting(effective).subtracting(layout.inert)
    let busy = layout.inert.intersection(effective).sorted()
    try report.expect(
      busy.isEmpty,
      "with \(layout), the data depends on \(busy.joined(separator: ", ")), said to be inert")
    let odd = layout.inert.union(layout.changes.keys).subtracting(known).sorted()
    try report.expect(
      odd.isEmpty,
      "with \(layout), the data has no keys \(odd.joined(separator: ", ")) to be varied")
    return keys
  }

  /// What the data is with `overrides`, from a new cache. Throws unless the shared one gives the same; nil if the
  /// manifest is refused before the data is looked at.
  private func outcome(_ overrides: [String], key: String) throws -> Outcome? {
    guard let modality = try? modality(with: overrides) else { return nil }
    let own = SampleCache(folder: folder.appending(path: "cache-\(UUID().uuidString)"))
    defer { try? FileManager.default.removeItem(at: own.folder) }
    let expected = try outcome { try modality.dataset(cache: own) }
    let found = try outcome { try modality.dataset(cache: shared) }
    try report.expect(
      found == expected,
      "\(key): with \(DataLayout(overrides)), a cache that holds the data of other values gives what a new one does not; the "
        + "texts `decoding` and `mining` must name every option that changes samples, ids, labels, parts or partners"
    )
    return expected
  }

  private func modality(with overrides: [String]) throws(ManifestError) -> any Modality {
    try conformance.read(conformance.document(in: folder, overrides: overrides)).configuration.modality
  }

  private func outcome(_ open: () throws -> Dataset) throws -> Outcome {
    guard let dataset = try? open() else { return .refused }
    let samples = try dataset.samples(at: Array(0..<dataset.count)[...]).doubles()
    let partners = dataset.partners.map { partners in (0..<partners.count).map { partners[$0] } }
    return .data(dataset.description, samples: samples, partners: partners)
  }

}

extension ManifestKey {
  /// Whether it is a value of the `data` section that may change samples. What is read at `source` is hashed, and so
  /// is how it is found, `links` and `names`; `limits` refuse data and do not change it.
  fileprivate var isVaried: Bool {
    path.hasPrefix("data.") && type != "section" && !["data.source", "data.links", "data.names"].contains(path)
      && !path.hasPrefix("data.limits.")
  }

  /// Values to try in place of `value`; some may not be allowed.
  fileprivate func otherValues(than value: String) -> [String] {
    let values: [String] =
      switch type {
      case "integer": Int(value).map(Self.others) ?? ["1", "2", "8", "16"]
      case "number": Double(value).map(Self.others) ?? ["0.5", "1", "8"]
      case "list of integers": Self.others(inList: value) { Int($0).map(Self.others) }
      case "list of numbers": Self.others(inList: value) { Double($0).map(Self.others) }
      default: choices
      }
    return (values + (`default` == "none" ? ["null"] : [])).filter { $0 != value }
  }

  private static func others(than value: Int) -> [String] {
    [value / 2, value &- 1, value &+ 1, value &* 2].map(String.init)
  }

  private static func others(than value: Double) -> [String] {
    [value / 2, value * 2, value - 1, value + 1].map { "\($0)" }
  }

  /// Lists whose last item is another.
  private static func others(inList list: String, _ others: (String) -> [String]?) -> [String] {
    let items = list.dropFirst().dropLast().split(separator: ", ").map(String.init)
    guard let last = items.last, let values = others(last) else { return ["[1]", "[2]"] }
    return values.map { "[\((items.dropLast() + [$0]).joined(separator: ", "))]" }
  }
}
