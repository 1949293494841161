import Archive
import IICCore
import Manifest

/// The binary files of STL10, `stl10_binary.tar.gz`: 96 x 96 colour images, each channel column after column.
///
/// Its parts are `train`, `test` and `unlabeled`, in the order in which the source has them. Images are called by
/// their part and their place in it: `train:17`. The labels 1 to 10 of the files are the classes 0 to 9; the
/// unlabelled images have class -1.
struct STL10Format: SingleSourceFormat {
  private static let names = ["train", "test", "unlabeled"]
  private static let images = PlanarImages(channels: 3, height: 96, width: 96, isColumnMajor: true)
  private static let classes = [
    "airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck",
  ]
  /// More labels than images can be stored for.
  private static let labelLimit = 1 << 26

  private let parts: [String]?

  init(from section: SectionReader) throws(ManifestError) {
    parts = try section.parts(of: Self.names)
  }

  var decoding: String { "stl10 \(parts?.sorted().description ?? "all")" }

  func reads(_ file: String) -> Bool { role(of: file) != nil }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    var labels: [String: [UInt8]] = [:]
    var counts: [DatasetDescription.Part] = []
    var seen = NamesSeen()
    try source.forEachEntry { entry in
      seen.add(entry.name)
      guard let role = role(of: entry.name) else { return true }
      if role.isLabels {
        guard labels[role.part] == nil else { throw entry.problem("found twice; expected once") }
        labels[role.part] = try entry.readAll(limit: Self.labelLimit)
      } else {
        guard !counts.contains(where: { $0.name == role.part }) else {
          throw entry.problem("found twice; expected once")
        }
        let start = writer.count
        _ = try Self.images.decode(entry, into: &writer)
        let count = (writer.count - start) / Self.images.imageBytes
        counts.append(DatasetDescription.Part(name: role.part, count: count))
      }
      // Of what nobody asked for no more is read than a checksum needs: the unlabelled images are most of the archive.
      return parts.map { !$0.allSatisfy { part in isWhole(part, counts, labels) } } ?? true
    }
    try checkPresence(counts, seen, in: source)
    return DatasetDescription(
      shape: Self.images.shape, element: .uint8,
      ids: counts.flatMap { part in (0..<part.count).map { "\(part.name):\($0)" } },
      labels: try counts.flatMap { try classes(of: $0, labels[$0.name], seen, in: source) },
      classNames: Self.classes, parts: counts)
  }

  /// What an entry holds for the parts that are read.
  private func role(of entry: String) -> (part: String, isLabels: Bool)? {
    let name = baseName(entry)
    for part in parts ?? Self.names {
      if name == "\(part)_X.bin" { return (part, false) }
      if name == "\(part)_y.bin", part != "unlabeled" { return (part, true) }
    }
    return nil
  }

  private func isWhole(
    _ part: String, _ counts: [DatasetDescription.Part], _ labels: [String: [UInt8]]
  ) -> Bool {
    counts.contains { $0.name == part } && (part == "unlabeled" || labels[part] != nil)
  }

  private func checkPresence(
    _ counts: [DatasetDescription.Part], _ seen: NamesSeen, in source: DataSource
  ) throws {
    let missing = (parts ?? []).first { part in !counts.contains { $0.name == part } }
    if let missing { throw seen.missing("\(missing)_X.bin", in: source) }
    if counts.isEmpty { throw seen.missing("train_X.bin", in: source) }
  }

  private func classes(
    of part: DatasetDescription.Part, _ labels: [UInt8]?, _ seen: NamesSeen, in source: DataSource
  ) throws -> [Int] {
    if part.name == "unlabeled" { return Array(repeating: -1, count: part.count) }
    let name = "\(part.name)_y.bin"
    guard let labels else { throw seen.missing(name, in: source) }
    func problem(_ message: String) -> ArchiveError {
      ArchiveError(path: source.path, entry: name, message: message)
    }
    guard labels.count == part.count else {
      throw problem(
        "found \(labels.count) labels; expected \(part.count), one for each image of \(part.name)_X.bin")
    }
    return try labels.enumerated().map { place, label in
      guard (1...10).contains(label) else {
        throw problem("label \(place), counted from 0: found \(label); expected 1 to 10")
      }
      return Int(label) - 1
    }
  }
}
