import Archive
import IICCore

/// The binary files of CIFAR-10, `cifar-10-binary.tar.gz`.
struct CIFAR10Format: SingleSourceFormat {
  private let files: CIFARFiles

  init(from section: SectionReader) throws(ManifestError) {
    files = try CIFARFiles(
      [("train", (1...5).map { "data_batch_\($0).bin" }), ("test", ["test_batch.bin"])], labelBytes: 1, label: 0,
      classes: 10, from: section)
  }

  var decoding: String { "cifar10 \(files.decoding)" }
  func reads(_ file: String) -> Bool { files.names.contains(baseName(file)) }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> SampleDescription {
    try files.decode(source, into: &writer)
  }
}

/// The binary files of CIFAR-100, `cifar-100-binary.tar.gz`.
struct CIFAR100Format: SingleSourceFormat {
  /// Which of an image's two labels is its class.
  enum Labels: String, CaseIterable {
    /// One of 100 classes.
    case fine
    /// One of 20 groups of five classes each.
    case coarse
  }

  private let files: CIFARFiles

  init(from section: SectionReader) throws(ManifestError) {
    let labels = try section.choice(
      "labels", default: Labels.fine, "100 classes or the 20 groups of them; used to evaluate, never to train")
    files = try CIFARFiles(
      [("train", ["train.bin"]), ("test", ["test.bin"])], labelBytes: 2, label: labels == .coarse ? 0 : 1,
      classes: labels == .coarse ? 20 : 100, from: section)
  }

  var decoding: String { "cifar100 \(files.decoding)" }
  func reads(_ file: String) -> Bool { files.names.contains(baseName(file)) }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> SampleDescription {
    try files.decode(source, into: &writer)
  }
}

/// Files of CIFAR's kind: 32 x 32 colour images, each behind its labels.
///
/// The parts are `train`, then `test`, whatever the order in the archive. Images are called by their part and their
/// place in it, counted through the part's files in the order of their numbers: `train:17`.
private struct CIFARFiles: Sendable {
  let all: [(part: String, files: [String])]
  /// The parts that the manifest names; nil is all that are there.
  let parts: [String]?
  let images: PlanarImages
  /// The place of an image's class among its label bytes.
  let label: Int
  let classes: Int

  init(
    _ all: [(part: String, files: [String])], labelBytes: Int, label: Int, classes: Int, from section: SectionReader
  ) throws(ManifestError) {
    parts = try section.parts(of: all.map(\.part))
    self.all = all
    images = PlanarImages(channels: 3, height: 32, width: 32, isColumnMajor: false, labelBytes: labelBytes)
    self.label = label
    self.classes = classes
  }

  var decoding: String { "\(parts?.sorted().description ?? "all") label \(label)" }
  private var chosen: [(part: String, files: [String])] { all.filter { parts?.contains($0.part) ?? true } }
  var names: [String] { chosen.flatMap(\.files) }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> SampleDescription {
    var seen = NamesSeen()
    var found: [String: String] = [:]
    for entry in try source.names() {
      seen.add(entry)
      let file = baseName(entry)
      guard names.contains(file) else { continue }
      if let other = found[file] {
        throw ArchiveError(
          path: source.path, entry: entry, message: "found beside \"\(other)\"; expected one \(file)")
      }
      found[file] = entry
    }
    var counts: [SampleDescription.Part] = []
    var labels: [Int] = []
    for (part, files) in chosen {
      if parts == nil, files.allSatisfy({ found[$0] == nil }) { continue }
      let start = labels.count
      for file in files {
        guard let name = found[file] else { throw seen.missing(file, in: source.path) }
        // A pass for each file: the archives hold them in no order.
        labels += try source.withEntry(name, where: { $0 == name }) { try decode($0, into: &writer) }
      }
      counts.append(SampleDescription.Part(name: part, count: labels.count - start))
    }
    if counts.isEmpty { throw seen.missing(names[0], in: source.path) }
    return SampleDescription(
      shape: images.shape, element: .uint8,
      ids: counts.flatMap { part in (0..<part.count).map { "\(part.name):\($0)" } }, labels: labels, parts: counts)
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
