import AudioModality
import Foundation
import IICTesting
import ImageModality
import Testing
import VideoModality

/// Every modality in `Plugins` keeps what the core relies on.
@Suite struct BuiltInModalityTests {
  static let all = [images, sounds, films]

  @Test(arguments: all, ConformanceCheck.allCases)
  func holds(_ modality: ModalityConformance, _ check: ConformanceCheck) throws { try modality.holds(check) }
}

extension BuiltInModalityTests {
  /// Twelve grey images of 16 x 16 in three classes.
  static let images = ModalityConformance(
    ImageModality.self,
    manifest: """
      name: images
      modality: image
      data: {source: data, images: images, labels: labels}
      views: {size: 16, transformed: {rotation: 10, flip: 0.5, jitter: 0.2}}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 12, classes: 3,
    empty: .init(mention: "images") { folder in
      try idx([0, 16, 16], [], "images", in: folder)
      try idx([0], [], "labels", in: folder)
    },
    corrupt: .init(mention: "images") { folder in
      try idx([12, 16, 16], [UInt8](repeating: 7, count: 12 * 256 - 1), "images", in: folder)
      try idx([12], [UInt8](repeating: 0, count: 12), "labels", in: folder)
    },
    write: { folder in
      var bytes: [UInt8] = []
      for item in 0..<12 {
        for place in 0..<256 {
          let stripes = place * (item % 3 + 1) * 5
          let slope = place / 16 * 7
          bytes.append(UInt8((stripes + slope + item * 31) % 256))
        }
      }
      try idx([12, 16, 16], bytes, "images", in: folder)
      try idx([12], (0..<12).map { UInt8($0 % 3) }, "labels", in: folder)
    })

  /// Nine sounds of half a second in three classes.
  static let sounds = ModalityConformance(
    AudioModality.self,
    manifest: """
      name: sounds
      modality: audio
      data: {source: data, labels: folder, sampleRate: 8000, seconds: 0.5}
      views: {seconds: 0.2, bands: 16, window: 128, hop: 64, transformed: {gain: 3, noise: 0.05, timeMask: 0.2}}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 9, classes: 3,
    empty: .init(mention: "data") { folder in
      try FileManager.default.createDirectory(
        at: folder.appending(path: "data/a"), withIntermediateDirectories: true)
    },
    corrupt: .init(mention: "b/1.wav") { folder in
      try wav(item: 0, to: folder.appending(path: "data/a/0.wav"))
      let bad = folder.appending(path: "data/b/1.wav")
      try FileManager.default.createDirectory(
        at: bad.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("RIFF, but no sound".utf8).write(to: bad)
    },
    write: { folder in
      for item in 0..<9 {
        try wav(
          item: item, to: folder.appending(path: "data/\("abc".dropFirst(item % 3).first ?? "a")/\(item).wav"))
      }
    })

  /// Three clips of four frames, 12 x 8.
  static let films = ModalityConformance(
    VideoModality.self,
    manifest: """
      name: films
      modality: video
      data: {source: data, format: frames, labels: clip, size: 12, maxGap: 2}
      views: {size: 8, transformed: {flip: 0.5, jitter: 0.2}}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 12, classes: 3,
    empty: .init(mention: "data") { folder in
      try FileManager.default.createDirectory(
        at: folder.appending(path: "data/a"), withIntermediateDirectories: true)
    },
    corrupt: .init(mention: "b/1.bmp") { folder in
      try bmp(item: 0, to: folder.appending(path: "data/a/0.bmp"))
      try bmp(item: 1, to: folder.appending(path: "data/b/1.bmp"), length: 60)
    },
    write: { folder in
      for item in 0..<12 { try bmp(item: item, to: folder.appending(path: "data/\(item % 3)/\(item / 3).bmp")) }
    })

  /// Writes a picture of 12 x 8 as BMP, or the first `length` bytes of it.
  private static func bmp(item: Int, to url: URL, length: Int = .max) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    let count = 12 * 8 * 3
    let pixels = (0..<count).map { UInt8(($0 * (item % 3 * 5 + 2) + item * 9) % 256) }
    let head =
      little(40, 4) + little(12, 4) + little(8, 4) + little(1, 2) + little(24, 2) + little(0, 4) + little(count, 4)
      + Array(repeating: 0, count: 16)
    let file = Array("BM".utf8) + little(54 + count, 4) + little(0, 4) + little(54, 4) + head + pixels
    try Data(file.prefix(length)).write(to: url)
  }

  /// Writes half a second of a tone with overtones as 8-bit WAV.
  private static func wav(item: Int, to url: URL) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let count = 4000
    let sound = (0..<count).map { UInt8(($0 * (item % 3 * 9 + 3) + $0 * $0 / 900 + item * 17) % 200 + 20) }
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    let format =
      little(16, 4) + little(1, 2) + little(1, 2) + little(8000, 4) + little(8000, 4) + little(1, 2) + little(8, 2)
    let head = Array("RIFF".utf8) + little(36 + count, 4) + Array("WAVEfmt ".utf8) + format
    try Data(head + Array("data".utf8) + little(count, 4) + sound).write(to: url)
  }

  /// Writes an IDX file of bytes: two zeros, the type, the rank, the sizes, the elements.
  private static func idx(_ shape: [Int], _ elements: [UInt8], _ name: String, in folder: URL) throws {
    let data = folder.appending(path: "data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    let sizes = shape.flatMap { size in (0..<4).reversed().map { UInt8(size >> ($0 * 8) & 255) } }
    try Data([0, 0, 8, UInt8(shape.count)] + sizes + elements).write(to: data.appending(path: name))
  }
}
