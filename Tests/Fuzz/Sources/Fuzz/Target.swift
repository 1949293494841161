import Archive
import AudioModality
import Foundation
import ImageModality
import TextModality
import VectorModality
import VideoModality

@testable import Files
@testable import IICCore
@testable import Manifest

/// What reads an input, and checks what comes of it.
enum Target: String, CaseIterable {
  case manifest, archive, idx, npy, safetensors, csv
  case arrays, npz, stl10, cifar, webdataset, picture, sound, film, texts, jsonl, vectors

  private static let modalities = Registry([
    ImageModality.self, AudioModality.self, TextModality.self, VectorModality.self, VideoModality.self,
  ])

  func read(_ bytes: [UInt8]) throws {
    switch self {
    case .manifest:
      let text = try ManifestDocument.decode(bytes, source: "fuzz.yaml")
      let document = try ManifestDocument(text: text, source: "fuzz.yaml", folder: "/")
      let resolved = try Self.resolved(document)
      let again = try? Self.resolved(ManifestDocument(text: resolved, source: "fuzz.yaml", folder: "/"))
      precondition(again == resolved, "the resolved manifest, read again, is another")
    case .archive: try Scratch.source(bytes).forEachEntry { try $0.readAll(limit: 1 << 24).count >= 0 }
    case .idx:
      let array = try IDXArray(bytes, path: "fuzz", entry: "idx")
      precondition(array.bytes.count == array.shape.reduce(1, *), "an array has other elements than its shape says")
    case .npy:
      let array = try NPYArray(bytes, path: "fuzz", entry: "npy")
      let count = array.shape.reduce(1, *)
      precondition(array.floats().count == count, "an array has other elements than its shape says")
      precondition(
        array.integers().map { $0.count == count } ?? true, "an array has other whole numbers than elements")
    case .safetensors:
      for entry in try SafetensorsFile(parsing: Data(bytes), file: "fuzz").tensors.values {
        precondition(entry.bytes.count == entry.dtype.byteCount(shape: entry.shape), "a tensor has another size")
      }
    case .csv: try readTable(bytes)
    case .arrays: try decode(bytes, "image", "format: npy, images: input", name: "input.npy")
    case .npz: try decode(bytes, "vector", "array: x.npy, labels: y.npy", name: "input.npz")
    case .stl10: try decode(bytes, "image", "format: stl10")
    case .cifar: try decode(bytes, "image", "format: cifar10")
    case .webdataset: try decode(bytes, "image", "format: webdataset")
    case .picture: try decode(bytes, "image", "format: folder, resize: 16", name: "input.png")
    case .sound: try decode(bytes, "audio", "sampleRate: 8000, seconds: 1")
    case .film: try decode(bytes, "video", "size: 16, maxFrames: 8")
    case .texts: try decode(bytes, "text", "format: csv, labelColumn: label")
    case .jsonl: try decode(bytes, "text", "format: jsonl, labelField: label")
    case .vectors: try decode(bytes, "vector", "format: csv, labels: label, ids: id")
    }
  }

  private static func resolved(_ document: ManifestDocument) throws(ManifestError) -> String {
    try document.read { root throws(ManifestError) in
      try ExperimentConfiguration(from: root, registry: modalities)
    }.resolvedYAML()
  }

  private func readTable(_ bytes: [UInt8]) throws {
    let description = DatasetDescription(shape: [1], element: .uint8, ids: ["a", "b", "c"])
    var table = try PairTable(bytes, path: "fuzz", names: ItemNames(description, .id))
    try table.read(skippingUnknown: true, isSymmetric: true)
    _ = try table.classes(beside: description)
  }

  /// Reads a file of a kind of data as a run does; `data` are the keys of the manifest's section, besides the source.
  private func decode(_ bytes: [UInt8], _ modality: String, _ data: String, name: String = "input") throws {
    let source = try Scratch.source(bytes, name: name)
    let text = """
      name: fuzz
      modality: \(modality)
      data: {\(data), source: \(source.path)}
      """
    let document = try ManifestDocument(text: text, source: "fuzz.yaml", folder: "/")
    let reader = try document.read { root throws(ManifestError) -> any Modality in
      _ = try root("name", .string, "")
      return try Self.modalities.modality(from: root).modality
    }.configuration
    defer { Scratch.clean() }
    let dataset = try reader.dataset(cache: SampleCache(folder: Scratch.cache))
    precondition(dataset.count > 0, "there are no items")
    precondition(dataset.labels?.allSatisfy { $0 >= -1 } ?? true, "a label is less than -1")
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

  static func source(_ bytes: [UInt8], name: String = "input") throws -> DataSource {
    let url = folder.appending(path: name)
    try Data(bytes).write(to: url)
    return DataSource(path: url.path(percentEncoded: false))
  }

  static func clean() { try? FileManager.default.removeItem(at: cache) }
}
