import Archive
import IICCore
import Manifest

/// Arrays in the IDX format of the MNIST files: images `[n, H, W]` or `[n, H, W, C]`, labels `[n]`.
///
/// Images have at most five channels, the last.
struct IDXFormat: SingleSourceFormat {
  /// More labels than images can be stored for.
  private static let labelLimit = 1 << 28

  private let arrays: ArrayEntries

  init(from section: SectionReader) throws(ManifestError) {
    arrays = try ArrayEntries(from: section)
  }

  var decoding: String { "idx \(arrays.images) \(arrays.labels)" }

  func reads(_ file: String) -> Bool {
    (arrays.images + arrays.labels).contains { Self.plain($0) == Self.plain(file) }
  }

  /// An entry's name without what makes no difference when it is asked for.
  private static func plain(_ name: String) -> String {
    let name = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    return name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
  }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    var shape: [Int] = []
    var counts: [Int] = []
    var classes: [Int] = []
    try source.forEachEntry(named: arrays.images + arrays.labels) { place, entry in
      if place < arrays.images.count {
        let header = try IDXHeader(reading: entry)
        shape = try arrays.sampleShape(of: header.shape, as: shape, problem: entry.problem)
        counts.append(header.shape[0])
        try header.forEachPiece(of: entry) { try writer.append($0) }
      } else {
        let image = place - arrays.images.count
        classes += try Self.classes(of: entry, count: counts[image], images: arrays.images[image])
      }
    }
    return arrays.description(shape: shape, counts: counts, classes: classes)
  }

  private static func classes(of entry: ArchiveEntry, count: Int, images: String) throws -> [Int] {
    let array = try IDXArray(reading: entry, limit: labelLimit)
    guard array.shape.count == 1 else {
      throw entry.problem("found \(array.shape.count) dimensions; expected labels [n]")
    }
    guard array.shape[0] == count else {
      throw entry.problem("found \(array.shape[0]) labels; expected \(count), one for each image of \(images)")
    }
    return array.bytes.map(Int.init)
  }
}
