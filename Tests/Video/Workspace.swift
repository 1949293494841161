import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import VideoModality

/// A folder for clips and their cache, removed with the object.
final class Workspace {
  let url = FileManager.default.temporaryDirectory.appending(path: "iic-video-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: url.appending(path: "data"), withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The bytes of a film that `Fixtures/make.sh` made.
  static func fixture(_ name: String) throws -> Data {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try Data(contentsOf: folder.appending(path: name))
  }

  /// Writes a file below `data`.
  func write(_ bytes: Data, to name: String) throws {
    let file = url.appending(path: "data/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try bytes.write(to: file)
  }

  /// Copies films of `Fixtures` into `data`.
  func copy(_ names: String...) throws { for name in names { try write(Self.fixture(name), to: name) } }

  func experiment(_ data: String, _ rest: String = "", _ overrides: [String] = []) throws -> Experiment {
    let text = """
      name: clips
      modality: video
      data: {source: data, \(data)}
      heads: {main: {clusters: 3, subheads: 3}, auxiliary: {clusters: 9, subheads: 3}}
      \(rest)
      """
    let document = try ManifestDocument(
      text: text, source: "clips.yaml", folder: url.path(percentEncoded: false), overrides: overrides)
    return try Experiment(
      document, registry: Registry([VideoModality.self]),
      cache: SampleCache(folder: url.appending(path: "cache")))
  }

  func dataset(_ data: String) throws -> Dataset {
    try experiment(data, "training: {epochs: 1, batch: 9, threads: 1}").dataset
  }

  /// What is wrong with the data, without the folder's path.
  func message(_ data: String) -> String {
    let error = #expect(throws: (any Error).self) { try dataset(data) }
    return error.map { "\($0)".replacing(url.path(percentEncoded: false), with: "") } ?? ""
  }
}

extension Dataset {
  /// The values of an item.
  func values(_ item: Int) throws -> [Int] { try samples(at: [item]).integers() }
}

/// A picture without compression, `color(column, row)` at each place: a BMP file.
func bitmap(width: Int, height: Int, color: (Int, Int) -> (red: Int, green: Int, blue: Int)) -> Data {
  func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
  var pixels: [UInt8] = []
  for row in (0..<height).reversed() {
    for column in 0..<width {
      let color = color(column, row)
      pixels += [color.blue, color.green, color.red].map { UInt8($0) }
    }
    pixels += Array(repeating: 0, count: (4 - width * 3 % 4) % 4)
  }
  let head =
    little(40, 4) + little(width, 4) + little(height, 4) + little(1, 2) + little(24, 2) + little(0, 4)
    + little(pixels.count, 4) + Array(repeating: 0, count: 16)
  return Data(Array("BM".utf8) + little(54 + pixels.count, 4) + little(0, 4) + little(54, 4) + head + pixels)
}
