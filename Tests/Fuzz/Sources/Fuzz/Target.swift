import Archive
import Foundation

@testable import IICCore
@testable import ImageModality

/// What reads an input.
enum Target: String, CaseIterable {
  case manifest, archive, idx, npy, safetensors, csv, stl10, cifar, webdataset

  func read(_ bytes: [UInt8]) throws {
    switch self {
    case .manifest:
      let text = try ManifestDocument.decode(bytes, source: "fuzz.yaml")
      let document = try ManifestDocument(text: text, source: "fuzz.yaml", folder: "/")
      _ = try document.read { root throws(ManifestError) in
        try ExperimentConfiguration(from: root, registry: ModalityRegistry([ImageModality.self]))
      }.resolvedYAML()
    case .archive: try Scratch.source(bytes).forEachEntry { try $0.readAll(limit: 1 << 24).count >= 0 }
    case .idx: _ = try IDXArray(bytes, path: "fuzz", entry: "idx")
    case .npy:
      let array = try NPYArray(bytes, path: "fuzz", entry: "npy")
      _ = array.floats()
      _ = array.integers()
    case .safetensors: _ = try SafetensorsFile(parsing: Data(bytes), file: "fuzz")
    case .csv: try readTable(bytes)
    case .stl10: try decode("stl10", bytes)
    case .cifar: try decode("cifar10", bytes)
    case .webdataset: try decode("webdataset", bytes)
    }
  }

  private func readTable(_ bytes: [UInt8]) throws {
    let description = SampleDescription(shape: [1], element: .uint8, ids: ["a", "b", "c"])
    var table = try PairTable(bytes, path: "fuzz", names: ItemNames(description, .id))
    try table.read(skippingUnknown: true, isSymmetric: true)
    _ = try table.labels(beside: nil)
  }

  /// Reads an archive in one of the image layouts, as a run does.
  private func decode(_ format: String, _ bytes: [UInt8]) throws {
    let source = try Scratch.source(bytes)
    let text = """
      name: fuzz
      modality: image
      data: {format: \(format), source: \(source.path)}
      """
    let document = try ManifestDocument(text: text, source: "fuzz.yaml", folder: "/")
    let modality = try document.read { root throws(ManifestError) in
      _ = try root.string("name", "")
      _ = try root.string("modality", "")
      return try ImageModality(from: root)
    }.configuration
    defer { Scratch.clean() }
    _ = try modality.dataset(cache: SampleCache(folder: Scratch.cache))
  }
}

/// A folder in memory, for what is read from files.
enum Scratch {
  private static let folder: URL = {
    let url = URL(filePath: "/dev/shm/iic-fuzz-\(getpid())", directoryHint: .isDirectory)
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }()

  static let cache = folder.appending(path: "cache")

  static func source(_ bytes: [UInt8]) throws -> DataSource {
    let url = folder.appending(path: "input")
    try Data(bytes).write(to: url)
    return DataSource(path: url.path(percentEncoded: false))
  }

  static func clean() { try? FileManager.default.removeItem(at: cache) }
}
