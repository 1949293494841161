import Foundation
import IICTesting
import VideoModality

extension BuiltInModalityTests {
  /// Three clips of four frames, 12 x 8.
  static let films = filmModality(
    empty: .init(mention: "data: the folder holds no files") { try makeFolder($0.appending(path: "data/a")) })

  /// The same with archives in which there is no frame: no file, or none that can be decoded.
  static let filmsToRefuse = [
    filmModality(
      source: "data.tar",
      empty: .init(mention: "data.tar: the archive holds no files") { folder in
        try makeFolder(folder.appending(path: "data/a"))
        try pack(in: folder)
      }),
    filmModality(
      source: "data.tar",
      empty: .init(
        overrides: ["data.onUndecodable=skip"],
        mention: "data.tar: found no frame that can be used"
      ) { folder in
        try bmp(item: 0, to: folder.appending(path: "data/a/0.bmp"), length: 60)
        try pack(in: folder)
      }),
  ]

  private static func filmModality(
    source: String = "data", empty: ModalityConformance.Refused
  ) -> ModalityConformance {
    ModalityConformance(
      VideoModality.self,
      manifest: """
        name: films
        modality: video
        data: {source: \(source), format: frames, labels: clip, size: 12, maxGap: 2}
        views: {size: 8, transformed: {flip: 0.5, jitter: 0.2}}
        heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
        training: {epochs: 1, batch: 8, repeats: 2}
        """,
      items: 12, classes: 3,
      layouts: [
        DataLayout(
          ["data.source=$FOLDER/damaged", "data.onUndecodable=skip"],
          changes: ["data.maxFrames": ["data.maxFrames=2"], "data.shotThreshold": ["data.shotThreshold=0"]],
          // Frames in folders have no times, and these do not say how they are turned.
          inert: ["data.framesPerSecond", "data.orientation"])
      ],
      empty: empty,
      corrupt: .init(mention: "b/1.bmp") { folder in
        try bmp(item: 0, to: folder.appending(path: "data/a/0.bmp"))
        try bmp(item: 1, to: folder.appending(path: "data/b/1.bmp"), length: 60)
      },
      write: { folder in
        for (place, item) in ["data", "damaged"].flatMap({ place in (0..<12).map { (place, $0) } }) {
          try bmp(item: item, to: folder.appending(path: "\(place)/\(item % 3)/\(item / 3).bmp"))
        }
        try bmp(item: 12, to: folder.appending(path: "damaged/0/4.bmp"), length: 60)
      })
  }

  /// Writes a picture of 12 x 8 as BMP, or the first `length` bytes of it.
  static func bmp(item: Int, to url: URL, length: Int = .max) throws {
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
}
