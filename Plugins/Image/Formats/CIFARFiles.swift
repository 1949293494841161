import Archive
import IICCore
import Manifest

/// Files of CIFAR's kind: 32 x 32 colour images, each behind its labels.
///
/// The parts are `train`, then `test`, whatever the order in the archive. Images are called by their part and their
/// place in it, counted through the part's files in the order of their numbers: `train:17`.
struct CIFARFiles: Sendable {
  private let all: [(part: String, files: [String])]
  /// The parts that the manifest names; nil is all that are there.
  private let parts: [String]?
  private let images: PlanarImages
  /// The place of an image's class among its label bytes.
  private let label: Int
  private let classes: Int
  /// The file with the names of the classes, a line each; archives of other data sets of this kind may lack it.
  private let classNames: String

  init(
    _ all: [(part: String, files: [String])], labelBytes: Int, label: Int, classes: Int, classNames: String,
    from section: SectionReader
  ) throws(ManifestError) {
    parts = try section.parts(of: all.map(\.part))
    self.all = all
    images = PlanarImages(channels: 3, height: 32, width: 32, isColumnMajor: false, labelBytes: labelBytes)
    self.label = label
    self.classes = classes
    self.classNames = classNames
  }

  var decoding: String { "\(parts?.sorted().description ?? "all") label \(label)" }
  private var chosen: [(part: String, files: [String])] { all.filter { parts?.contains($0.part) ?? true } }
  private var names: [String] { chosen.flatMap(\.files) }

  /// Whether the samples or what is said of them depend on a file in a folder that is the source.
  func reads(_ file: String) -> Bool { names.contains(file) || file == classNames }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    let names = names
    var seen = NamesSeen()
    var found: [String: String] = [:]
    var labels: [String: [Int]] = [:]
    var lines: [Substring] = []
    var order = FileOrder(names)
    try source.forEachEntry { entry in
      seen.add(entry.name)
      let file = baseName(entry.name)
      if file == classNames {
        lines = String(decoding: try entry.readAll(limit: 1 << 16), as: UTF8.self).split(
          whereSeparator: \.isNewline)
      }
      guard names.contains(file) else { return true }
      if let other = found.updateValue(entry.name, forKey: file) {
        throw entry.problem("found beside \"\(other)\"; expected one \(file)")
      }
      try order.take(entry, as: file) { labels[$0] = try decode($1, into: &writer) }
      return true
    }
    let present = chosen.filter { parts != nil || $0.files.contains { found[$0] != nil } }
    if present.isEmpty { throw seen.missing(names[0], in: source) }
    let files = present.flatMap(\.files)
    if let missing = files.first(where: { found[$0] == nil }) { throw seen.missing(missing, in: source) }
    try order.leaveOut(names.filter { !files.contains($0) }) { labels[$0] = try decode($1, into: &writer) }
    while !order.isDone {
      let left = order.left
      try source.forEachEntry { entry in
        let file = baseName(entry.name)
        if found[file] == entry.name {
          try order.take(entry, as: file) { labels[$0] = try decode($1, into: &writer) }
        }
        return !order.isDone
      }
      guard order.left < left else { throw ArchiveError(path: source.path, message: "changed while it was read") }
    }
    let counts = present.map { part in
      DatasetDescription.Part(name: part.part, count: part.files.reduce(0) { $0 + (labels[$1]?.count ?? 0) })
    }
    return DatasetDescription(
      shape: images.shape, element: .uint8,
      ids: counts.flatMap { part in (0..<part.count).map { "\(part.name):\($0)" } },
      labels: files.flatMap { labels[$0] ?? [] }, classNames: lines.count == classes ? lines.map(String.init) : nil,
      parts: counts)
  }

  private func decode(_ entry: ArchiveEntry, into writer: inout SampleWriter) throws -> [Int] {
    let bytes = try images.decode(entry, into: &writer)
    return try stride(from: label, to: bytes.count, by: images.labelBytes).map { place in
      guard bytes[place] < classes else {
        throw entry.problem(
          "image \(place / images.labelBytes), counted from 0: found the label \(bytes[place]); expected 0 to "
            + "\(classes - 1)")
      }
      return Int(bytes[place])
    }
  }
}
