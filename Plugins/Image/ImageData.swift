import Archive
import IICCore
import Manifest
import Reading

/// The `data` section of an image manifest.
struct ImageData: ManifestSection {
  /// How images are laid out in the source.
  enum Format: String, CaseIterable {
    case idx, stl10, cifar10, cifar100, npy, folder, webdataset

    var type: any ImageFormat.Type {
      switch self {
      case .idx: IDXFormat.self
      case .stl10: STL10Format.self
      case .cifar10: CIFAR10Format.self
      case .cifar100: CIFAR100Format.self
      case .npy: NPYFormat.self
      case .folder: FolderFormat.self
      case .webdataset: WebDatasetFormat.self
      }
    }
  }

  let sources: [DataSource]
  let format: any ImageFormat

  init(from section: SectionReader) throws(ManifestError) {
    sources = try section.dataSources(
      "archive, folder or file with the images; with format webdataset a list too, or patterns of shards")
    let name = try section("format", .choice, default: Format.idx, "layout of the images")
    format = try name.type.init(from: section)
    try section.check(!sources.isEmpty, "source", "found an empty list; expected a path")
    try section.check(
      sources.count == 1 || name.type.takesSeveralSources, "source",
      "found \(sources.count) paths; expected one, since format is \(name.rawValue)")
  }

  func dataset(cache: SampleCache) throws -> Dataset { try format.dataset(of: sources, cache: cache) }

  /// How single pictures are read as those of a run with so many channels, whatever the layout of its data.
  func lines(channels: Int) -> ItemLines {
    switch format {
    case is FolderFormat, is WebDatasetFormat:
      ItemLines(
        .paths, settings: ["data.format=folder"], without: ["data.labels", "data.parts"])
    default:
      ItemLines(
        .paths, settings: ["data={source: ., format: folder, channels: \(channels == 1 ? "grey" : "rgb")}"])
    }
  }
}
