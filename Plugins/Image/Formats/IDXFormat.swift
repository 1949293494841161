import Archive
import IICCore

/// Arrays in the IDX format of the MNIST files: images `[n, H, W]` or `[n, H, W, C]`, labels `[n]`.
struct IDXFormat: SingleSourceFormat {
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

  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> SampleDescription {
    let entries = try source.entries(named: arrays.images + arrays.labels)
    var shape: [Int] = []
    var counts: [Int] = []
    var classes: [Int] = []
    for (place, name) in arrays.images.enumerated() {
      func problem(_ message: String) -> ArchiveError {
        ArchiveError(path: source.path, entry: name, message: message)
      }
      let array = try IDXArray(entries[name] ?? [], path: source.path, entry: name)
      guard array.shape.count == 3 || array.shape.count == 4 else {
        throw problem("found \(array.shape.count) dimensions; expected images [n, H, W] or [n, H, W, C]")
      }
      let sample = Array(array.shape.dropFirst()) + (array.shape.count == 3 ? [1] : [])
      guard shape.isEmpty || shape == sample else {
        throw problem("found images of \(sample); expected \(shape) as in \(arrays.images[0])")
      }
      shape = sample
      counts.append(array.shape[0])
      if !arrays.labels.isEmpty {
        let labels = arrays.labels[place]
        classes += try self.classes(
          IDXArray(entries[labels] ?? [], path: source.path, entry: labels), count: array.shape[0], images: name
        ) { ArchiveError(path: source.path, entry: labels, message: $0) }
      }
      try writer.append(array.bytes)
    }
    return arrays.description(shape: shape, counts: counts, classes: classes)
  }

  private func classes(
    _ array: IDXArray, count: Int, images: String, problem: (String) -> ArchiveError
  ) throws -> [Int] {
    guard array.shape.count == 1 else {
      throw problem("found \(array.shape.count) dimensions; expected labels [n]")
    }
    guard array.shape[0] == count else {
      throw problem("found \(array.shape[0]) labels; expected \(count), one for each image of \(images)")
    }
    return array.bytes.map(Int.init)
  }
}
