import Imaging
import Manifest

/// Which class a pixel of a label picture is of: the keys `classes`, `groups` and `unlabelled`.
struct LabelClasses: Sendable {
  /// The names of the classes, if they have some.
  let names: [String]?
  /// Whether label pictures hold colours, 0xRRGGBB, rather than numbers.
  let isOfColours: Bool
  /// What the manifest says, as text.
  let text: String
  private let unlabelled: Set<Int>
  /// The class of each number or colour; nil if numbers are classes.
  private let grouped: [Int: UInt8]?

  init(from section: SectionReader) throws(ManifestError) {
    let classes = try section(
      "classes", .list(of: .string), default: nil,
      "names of the classes, by number; if this and groups are absent, numbers")
    let groups = try section(
      "groups", .mapping(of: .list(of: .string)), default: [],
      "classes by name, each with its numbers (4, 7-9) or colours (\"#ff0000\") in label pictures; others are of no known "
        + "class")
    let unlabelled = try section(
      "unlabelled", .list(of: .integer(in: 0...65535)), default: [255], "numbers that stand for no known class")
    try section.check(classes == nil || groups.isEmpty, "groups", "found beside classes; expected one of the two")
    try section.requires(
      "unlabelled", of: "groups", groups.isEmpty, "with groups, beside which nothing is labelled")
    let names = classes ?? (groups.isEmpty ? nil : groups.map(\.name))
    try section.check(
      (names?.count ?? 0) <= PlacePlane.classLimit, groups.isEmpty ? "classes" : "groups",
      "found \(names?.count ?? 0) names; expected at most \(PlacePlane.classLimit)")
    do throws(Problem) {
      (grouped, isOfColours) = try Self.table(groups)
    } catch {
      throw section.error("groups", error.text)
    }
    (self.names, self.unlabelled) = (names, Set(unlabelled))
    let pairs = groups.map { "\($0.name): \($0.value)" }
    text = "\(classes?.description ?? "numbers") \(pairs) \(unlabelled)"
  }

  private struct Problem: Error { let text: String }

  private static func table(
    _ groups: [(name: String, value: [String])]
  ) throws(Problem) -> (classes: [Int: UInt8]?, isOfColours: Bool) {
    guard !groups.isEmpty else { return (nil, false) }
    var classes: [Int: UInt8] = [:]
    var isOfColours: Bool?
    for (place, group) in groups.prefix(PlacePlane.classLimit).enumerated() {
      for text in group.value {
        guard let range = range(text) else {
          throw Problem(
            text:
              "found \(text.debugDescription) of \(group.name.debugDescription); expected a number from 0 to 65535, a "
              + "range 4-9, or a colour in quotes, \"#ff0000\"")
        }
        guard isOfColours ?? range.isColour == range.isColour else {
          throw Problem(text: "found numbers beside colours; expected either")
        }
        isOfColours = range.isColour
        for key in range.keys where classes.updateValue(PlacePlane.firstClass + UInt8(place), forKey: key) != nil {
          throw Problem(text: "found \(text.debugDescription) twice; expected each number or colour once")
        }
      }
    }
    return (classes, isOfColours ?? false)
  }

  private static func range(_ text: String) -> (keys: ClosedRange<Int>, isColour: Bool)? {
    if text.first == "#" {
      let digits = text.dropFirst()
      guard digits.count == 6, digits.allSatisfy(\.isHexDigit), let key = Int(digits, radix: 16) else { return nil }
      return (key...key, true)
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends.last ?? nil, first <= last,
      (0...65535).contains(first), last <= 65535
    else { return nil }
    return (first...last, false)
  }

  /// What `PlacePlane` says of a number or a colour; nil if it is not allowed.
  func place(of key: Int) -> UInt8? {
    if let grouped { return grouped[key] ?? PlacePlane.unknown }
    if key == -1 || unlabelled.contains(key) { return PlacePlane.unknown }
    return (0..<(names?.count ?? PlacePlane.classLimit)).contains(key) ? PlacePlane.firstClass + UInt8(key) : nil
  }

  /// What is allowed, for messages.
  var allowed: String {
    let known = "0 to \((names?.count ?? PlacePlane.classLimit) - 1)"
    guard !unlabelled.isEmpty else { return known }
    return
      "\(known), or \(unlabelled.sorted().map(String.init).joined(separator: ", ")), which maps.unlabelled says is unknown"
  }
}
