import Archive
import Files
import IICCore
import Manifest
import Reading

/// NumPy's arrays, files of their own or in an npz archive: images `[n, H, W]` or `[n, H, W, C]`, labels `[n]`.
///
/// Images have at most five channels, the last. Bytes are taken as they are. Floating-point values must lie from 0 to 1
/// and become the nearest of the bytes 0 to 255. Labels are whole numbers from 0, -1 where they are unknown. An entry may
/// be named without its `.npy`.
struct NPYFormat: SingleSourceFormat {
  private static let suffix = ".npy"
  /// About this many bytes of an array are in memory at a time.
  private static let chunkBytes = 1 << 23
  /// The largest image, the largest array whose order of dimensions makes it impossible to read image by image, and
  /// the largest of labels, bytes.
  private static let wholeLimit = 1 << 28

  private let arrays: ArrayEntries

  init(from section: SectionReader) throws(ManifestError) {
    arrays = try ArrayEntries(from: section)
  }

  var decoding: String { "npy \(arrays.images) \(arrays.labels)" }

  func reads(_ file: String) -> Bool {
    (arrays.images + arrays.labels).contains { Self.isEntry(file, called: $0) }
  }

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    var shape: [Int] = []
    var counts: [Int] = []
    var classes: [Int] = []
    for (place, name) in arrays.images.enumerated() {
      let found = try source.withEntry(name, where: { Self.isEntry($0, called: name) }) { entry in
        try images(of: entry, as: shape, into: &writer)
      }
      shape = found.sample
      counts.append(found.count)
      guard !arrays.labels.isEmpty else { continue }
      let labels = arrays.labels[place]
      classes += try source.withEntry(labels, where: { Self.isEntry($0, called: labels) }) { entry in
        try Self.classes(of: entry, count: found.count, images: name)
      }
    }
    return arrays.description(shape: shape, counts: counts, classes: classes)
  }

  private static func isEntry(_ entry: String, called name: String) -> Bool {
    let entry = entry.hasPrefix("./") ? String(entry.dropFirst(2)) : entry
    return entry == name || entry == name + suffix
  }

  /// Writes an array's images, whose shape must be that of those before.
  private func images(
    of entry: ArchiveEntry, as before: [Int], into writer: inout SampleWriter
  ) throws -> (sample: [Int], count: Int) {
    let header = try NPYHeader(reading: entry)
    let sample = try arrays.sampleShape(of: header.shape, as: before, problem: entry.problem)
    let types: [NPYHeader.Element] = [.uint8, .float16, .float32, .float64]
    guard types.contains(header.element) else {
      throw entry.problem(
        "found elements of type \(header.element.rawValue); expected u1, or f2, f4 or f8 from 0 to 1")
    }
    let count = header.shape[0]
    if header.isFortranOrder {
      let array = try NPYArray(header, reading: entry, limit: Self.wholeLimit)
      try writer.append(Self.bytes(of: array, from: 0, in: entry))
    } else {
      let rowBytes = header.byteCount / count
      guard rowBytes <= Self.wholeLimit else {
        throw entry.problem("NPY: found images of \(rowBytes) bytes; allowed are \(Self.wholeLimit)")
      }
      let rows = max(1, Self.chunkBytes / rowBytes)
      for start in stride(from: 0, to: count, by: rows) {
        let chunk = try NPYArray(rows: min(rows, count - start), of: header, reading: entry)
        try writer.append(Self.bytes(of: chunk, from: start, in: entry))
      }
    }
    guard try entry.bytes(upTo: 1).isEmpty else { throw entry.problem("NPY: found bytes after the last element") }
    return (sample, count)
  }

  /// The array's values as bytes; `first` is its first image's place in the whole.
  private static func bytes(of array: NPYArray, from first: Int, in entry: ArchiveEntry) throws -> [UInt8] {
    if array.element == .uint8 { return array.bytes }
    let values = array.floats()
    let imageSize = values.count / max(1, array.shape[0])
    if let place = values.firstIndex(where: { !(0...1).contains($0) }) {
      throw entry.problem(
        "image \(first + place / imageSize), counted from 0: found \(values[place]); expected values from 0 to 1")
    }
    return values.map { UInt8(($0 * 255).rounded()) }
  }

  private static func classes(of entry: ArchiveEntry, count: Int, images: String) throws -> [Int] {
    let array = try NPYArray(NPYHeader(reading: entry), reading: entry, limit: wholeLimit)
    guard array.shape == [count] else {
      throw entry.problem(
        "found an array of shape \(array.shape); expected [\(count)], one label for each image of \(images)")
    }
    return try ClassNumbers(array, error: entry.problem).numbers
  }
}
