import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import TextModality

/// A folder for data and its cache, removed with the object.
final class Workspace {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "iic-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url.appending(path: "data"), withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var cache: SampleCache { SampleCache(folder: url.appending(path: "cache")) }

  func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// A manifest's keys about data here.
  func document(_ text: String) throws -> ManifestDocument {
    try ManifestDocument(text: text, source: "text.yaml", folder: url.path(percentEncoded: false))
  }

  func modality(_ data: String, _ rest: String = "") throws -> TextModality {
    try document("data: {\(data)}\n\(rest)").read(TextModality.self).configuration
  }

  func dataset(_ data: String) throws -> Dataset { try modality(data).dataset(cache: cache) }

  /// The texts of data that is cut into bytes.
  func texts(_ data: String) throws -> [String] {
    let dataset = try dataset(data + ", tokens: {kind: bytes, length: 64}")
    let values = try dataset.samples(at: Array(0..<dataset.count)[...]).integers()
    return (0..<dataset.count).map { item in
      let bytes = values[(item * 64)..<((item + 1) * 64)].filter { $0 > 0 }.map { UInt8($0 - 1) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  /// What is wrong with a manifest or its data, without the folder's path.
  func message(_ data: String, _ rest: String = "") -> String? {
    let error = #expect(throws: (any Error).self) { try modality(data, rest).dataset(cache: cache) }
    return error.map { "\($0)".replacing(url.path(percentEncoded: false), with: "") }
  }
}
