import Archive
import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import ImageModality

/// Archives beside the tests, and a folder of each test's own for files and a cache made while it runs.
final class Fixture {
  let folder = FileManager.default.temporaryDirectory.appending(path: "image-\(UUID())")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static func path(_ name: String) -> String {
    Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path(percentEncoded: false)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

  /// Writes a file of the test's own and returns the folder that it is in.
  @discardableResult func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return url.deletingLastPathComponent().path(percentEncoded: false)
  }

  /// The entries of an archive, for tests that change one and use a folder as the source.
  static func entries(of archive: String) throws -> [String: [UInt8]] {
    var entries: [String: [UInt8]] = [:]
    try DataSource(path: path(archive)).forEachEntry { entry in
      entries[entry.name] = try entry.readAll()
      return true
    }
    return entries
  }

  /// The dataset that a `data` section describes; `$` in it stands for a path.
  func dataset(_ path: String, _ data: String) throws -> Dataset { try dataset([path], data) }

  /// The dataset that a `data` section with several sources describes.
  func dataset(_ paths: [String], _ data: String) throws -> Dataset {
    try Self.data(paths, data).dataset(cache: SampleCache(folder: folder.appending(path: "cache")))
  }

  static func data(_ path: String, _ data: String) throws -> ImageData { try Self.data([path], data) }

  static func data(_ paths: [String], _ data: String) throws -> ImageData {
    let text = "data: {source: \(paths), \(data)}"
    return try ManifestDocument(text: text, source: "m", folder: "/").read { root throws(ManifestError) in
      try root.read(ImageData.self, at: "data", "images")
    }.configuration
  }

  /// Writes a tar archive with these entries, in this order, and returns its path.
  @discardableResult func tar(_ entries: [(String, [UInt8])], to name: String) throws -> String {
    var bytes: [UInt8] = []
    for (name, content) in entries {
      var header = [UInt8](repeating: 0, count: 512)
      func put(_ text: String, at place: Int) {
        header.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8)
      }
      func octal(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
      }
      put(name, at: 0)
      put("0000644\0" + "0000000\0" + "0000000\0" + octal(content.count, digits: 11), at: 100)
      put("00000000000\0" + "        " + "0", at: 136)
      put("ustar\0" + "00", at: 257)
      put(octal(header.reduce(0) { $0 + Int($1) }, digits: 6) + "\0 ", at: 148)
      bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
    try write(bytes + [UInt8](repeating: 0, count: 1024), to: name)
    return path(name)
  }

  /// Pictures by the names of their entries, as Pillow reads them: `[H, W, 3]`.
  static func expectedPictures() throws -> [String: [UInt8]] {
    var pictures: [String: [UInt8]] = [:]
    for (name, bytes) in try entries(of: "pictures.npz") {
      let entry = String(name.dropLast(".npy".count)).replacing(":", with: "/")
      pictures[entry] = try NPYArray(bytes, path: "pictures.npz", entry: name).bytes
    }
    return pictures
  }

  /// What the dataset's reading fails with, its path replaced by `PATH`; nil if it does not fail.
  func failure(_ path: String, _ data: String) -> String? { failure([path], data) }

  /// What the reading of several sources fails with, the first path replaced by `PATH`; nil if it does not fail.
  func failure(_ paths: [String], _ data: String) -> String? {
    do {
      _ = try dataset(paths, data)
      return nil
    } catch {
      return "\(error)".replacing(paths.first ?? "-", with: "PATH")
    }
  }
}

/// Image `item` of a file as `make.py` makes it, `[H, W, C]` in row-major order.
func pixels(_ item: Int, side: Int, start: Int, channels: Int = 3) -> [UInt8] {
  var bytes: [UInt8] = []
  for y in 0..<side {
    for x in 0..<side {
      for c in 0..<channels {
        bytes.append(UInt8((start + 17 * item + 3 * y + 5 * x + 31 * c + y * x * (c + 1)) % 256))
      }
    }
  }
  return bytes
}

/// Bytes as gzip that stores them as they are: whatever is changed in them inflates, and only the checksum tells.
func gzipStored(_ bytes: [UInt8]) -> [UInt8] {
  func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
  var packed: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
  let starts = stride(from: 0, to: max(bytes.count, 1), by: 65535)
  for start in starts {
    let block = bytes[start..<min(start + 65535, bytes.count)]
    let isLast = start + 65535 >= bytes.count
    packed.append(isLast ? 1 : 0)
    packed += little(block.count, 2)
    packed += little(65535 - block.count, 2)
    packed += block
  }
  // CRC-32, byte by byte.
  let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  let sum = bytes.reduce(UInt32.max) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 255)] }
  return packed + little(Int(~sum), 4) + little(bytes.count, 4)
}

extension Dataset {
  /// One sample's bytes.
  func bytes(_ item: Int) throws -> [UInt8] {
    try samples(at: [item]).to(.int64).integers().map { UInt8($0) }
  }

  /// The largest difference of a sample's bytes from others.
  func difference(_ item: Int, from expected: [UInt8]) throws -> Int {
    let found = try bytes(item)
    try #require(found.count == expected.count)
    return zip(found, expected).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  /// The places of the parts among the items.
  var partTexts: [String] { description.parts.map { "\($0.name) \($0.count)" } }
}
