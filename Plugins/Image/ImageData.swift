import Archive
import Foundation
import IICCore

/// The `data` section of an image manifest.
struct ImageData: ManifestSection {
  /// How images are laid out in the source.
  enum Format: String, CaseIterable {
    case idx, stl10, cifar10, cifar100, npy

    var type: any ImageFormat.Type {
      switch self {
      case .idx: IDXFormat.self
      case .stl10: STL10Format.self
      case .cifar10: CIFAR10Format.self
      case .cifar100: CIFAR100Format.self
      case .npy: NPYFormat.self
      }
    }
  }

  let source: String
  let format: any ImageFormat

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.path("source", "archive, folder or file with the images")
    format = try section.choice("format", default: Format.idx, "layout of the images").type.init(from: section)
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let source = DataSource(path: source)
    let files = try source.filesOnDisk().map { $0.filter(format.reads) }
    return try cache.dataset(sources: [(source, files)], decoding: "image \(format.decoding)") { writer in
      try format.decode(source, into: &writer)
    }
  }
}
