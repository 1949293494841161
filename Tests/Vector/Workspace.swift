import Files
import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import VectorModality

/// A folder for data and its cache, removed with the object.
final class Workspace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "iic-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url.appending(path: "data"), withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var cache: SampleCache { SampleCache(folder: url.appending(path: "cache")) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }

  /// Writes an array as NumPy would.
  func write(_ values: [Float], shape: [Int], to name: String) throws {
    var writer = try NPYWriter(at: url.appending(path: name), shape: shape, element: .float32)
    try writer.append(values.withUnsafeBytes { Data($0) })
    try writer.finish()
  }

  func write(labels: [Int], to name: String) throws { try NPYWriter.write(labels, to: url.appending(path: name)) }

  /// The modality of a manifest about data here.
  func modality(_ data: String, _ rest: String = "") throws -> VectorModality {
    let text = "data: {\(data)}\n\(rest)"
    return try ManifestDocument(text: text, folder: url.path(percentEncoded: false))
      .read(VectorModality.self).configuration
  }

  func dataset(_ data: String) throws -> Dataset { try modality(data).dataset(cache: cache) }

  /// The samples row by row.
  func rows(_ dataset: Dataset) throws -> [[Float]] {
    let values = try dataset.samples(at: Array(0..<dataset.count)[...]).floats()
    let width = dataset.description.shape[0]
    return (0..<dataset.count).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// What is wrong with the data, without the folder's path.
  func message(_ data: String) -> String? {
    let error = #expect(throws: (any Error).self) { try dataset(data) }
    return error.map { "\($0)".replacing(url.path(percentEncoded: false) + "/", with: "") }
  }
}
