import Archive
import Foundation
import IICCore

/// The `data` section of an image manifest.
struct ImageData: ManifestSection {
  /// How images are laid out in the source.
  enum Format: String, CaseIterable { case idx }

  let source: String
  let format: Format
  let images: [String]
  let labels: [String]

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.path("source", "archive, folder or file with the images")
    format = try section.choice("format", default: .idx, "layout of the images")
    images = try section.strings("images", "entries with images; several are joined in this order")
    labels = try section.strings(
      "labels", default: [], "entries with labels, one for each entry of images; used to evaluate, never to train")
    try section.check(!images.isEmpty, "images", "found an empty list; expected one entry or more")
    try section.check(
      labels.isEmpty || labels.count == images.count, "labels",
      "found \(labels.count) entries; expected \(images.count), one for each entry of images, or none")
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let source = DataSource(path: source)
    let decoding = "image idx \(images) \(labels)"
    return try cache.dataset(sources: [(source, images + labels)], decoding: decoding) { writer in
      try decode(source, into: &writer)
    }
  }

  private func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> SampleDescription {
    let entries = try source.entries(named: images + labels)
    var shape: [Int] = []
    var ids: [String] = []
    var classes: [Int] = []
    for (place, name) in images.enumerated() {
      let array = try IDXArray(entries[name] ?? [], path: self.source, entry: name)
      guard array.shape.count == 3 || array.shape.count == 4 else {
        throw problem(name, "found \(array.shape.count) dimensions; expected images [n, H, W] or [n, H, W, C]")
      }
      let sample = Array(array.shape.dropFirst()) + (array.shape.count == 3 ? [1] : [])
      guard shape.isEmpty || shape == sample else {
        throw problem(name, "found images of \(sample); expected \(shape) as in \(images[0])")
      }
      shape = sample
      let count = array.shape[0]
      if !labels.isEmpty { classes += try self.classes(labels[place], entries, images: name, count: count) }
      ids += (0..<count).map { images.count == 1 ? "\($0)" : "\(name):\($0)" }
      try writer.append(array.bytes)
    }
    return SampleDescription(
      shape: shape, element: .uint8, ids: ids, labels: labels.isEmpty ? nil : classes)
  }

  private func classes(
    _ name: String, _ entries: [String: [UInt8]], images: String, count: Int
  ) throws -> [Int] {
    let array = try IDXArray(entries[name] ?? [], path: source, entry: name)
    guard array.shape.count == 1 else {
      throw problem(name, "found \(array.shape.count) dimensions; expected labels [n]")
    }
    guard array.shape[0] == count else {
      throw problem(name, "found \(array.shape[0]) labels; expected \(count), one for each image of \(images)")
    }
    return array.bytes.map(Int.init)
  }

  private func problem(_ entry: String, _ message: String) -> DataError {
    DataError("\(source), entry \"\(entry)\": \(message)")
  }
}
