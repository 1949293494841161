import Archive
import IICCore
import Manifest
import Media

/// How images are laid out: the keys of the `data` section that say which are read, and the reading.
///
/// A new one is a file in this folder and a case of `ImageData.Format`.
protocol ImageFormat: ManifestSection, Sendable {
  /// Whether the manifest may name several sources.
  static var takesSeveralSources: Bool { get }

  /// The colours that images are decoded to; nil if the data has them as they are.
  var color: ColorModel? { get }

  /// The images of the sources that the manifest names, at least one.
  func dataset(of sources: [DataSource], cache: SampleCache) throws -> Dataset
}

extension ImageFormat {
  var color: ColorModel? { nil }
}

/// An image format that is read from one folder, archive or file.
protocol SingleSourceFormat: ImageFormat {
  /// Every option that changes the samples, as text.
  var decoding: String { get }

  /// Whether the samples depend on a file in a folder that is the source.
  func reads(_ file: String) -> Bool

  /// Writes the images in order, bytes `[H, W, C]` each, and says what they are.
  ///
  /// Images are written as they are read: a source may be larger than the memory.
  func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription
}

extension SingleSourceFormat {
  static var takesSeveralSources: Bool { false }

  func dataset(of sources: [DataSource], cache: SampleCache) throws -> Dataset {
    let source = sources[0]
    let files = try source.filesOnDisk().map { $0.filter(reads) }
    return try cache.dataset(sources: [(source, files)], decoding: "image \(decoding)") { writer in
      try decode(source, into: &writer)
    }
  }
}

/// An entry's name without its folders: archives of one data set differ in them.
func baseName(_ entry: String) -> String {
  entry.split(separator: "/").last.map(String.init) ?? entry
}

extension SectionReader {
  /// The parts of a data set to read, out of those that its format has; nil is all that are there.
  func parts(of names: [String]) throws(ManifestError) -> [String]? {
    let list = names.joined(separator: ", ")
    let parts = try self(
      "parts", .list(of: .string), default: nil, "parts to read, of \(list); if absent, all that are there")
    let unknown = parts?.first { !names.contains($0) }
    try check(unknown == nil, "parts", "found \"\(unknown ?? "")\"; expected some of \(list)")
    try check(parts?.isEmpty != true, "parts", "found an empty list; expected some of \(list)")
    try check(parts.map { Set($0).count == $0.count } ?? true, "parts", "found a part twice; expected each once")
    return parts
  }
}
