import AudioModality
import Foundation
import IICTesting

extension BuiltInModalityTests {
  /// Nine sounds of half a second in three classes.
  static let sounds = soundModality(
    empty: .init(mention: "data: the folder holds no files") { try makeFolder($0.appending(path: "data/a")) })

  /// The same with archives in which there is no sound: no file, or none that can be decoded.
  static let soundsToRefuse = [
    soundModality(
      source: "data.tar",
      empty: .init(mention: "data.tar: the archive holds no files") { folder in
        try makeFolder(folder.appending(path: "data/a"))
        try pack(in: folder)
      }),
    soundModality(
      source: "data.tar",
      empty: .init(
        overrides: ["data.onUndecodable=skip"],
        mention: "data.tar: found no recording that can be used"
      ) { folder in
        try makeFolder(folder.appending(path: "data/a"))
        try Data("RIFF, but no sound".utf8).write(to: folder.appending(path: "data/a/0.wav"))
        try pack(in: folder)
      }),
  ]

  private static func soundModality(
    source: String = "data", empty: ModalityConformance.Refused
  ) -> ModalityConformance {
    ModalityConformance(
      AudioModality.self,
      manifest: """
        name: sounds
        modality: audio
        data: {source: \(source), labels: folder, sampleRate: 8000, seconds: 0.5}
        views: {seconds: 0.2, bands: 16, window: 128, hop: 64, transformed: {gain: 3, noise: 0.05, timeMask: 0.2}}
        heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
        training: {epochs: 1, batch: 8, repeats: 2}
        """,
      items: 9, classes: 3,
      layouts: [
        DataLayout(
          ["data.source=$FOLDER/uneven", "data.onUndecodable=skip"],
          changes: [
            "data.pattern": ["data.labels=name", "data.pattern=([0-9])"],
            "data.minSeconds": ["data.minSeconds=0.4"],
          ])
      ],
      empty: empty,
      corrupt: .init(mention: "b/1.wav") { folder in
        try wav(item: 0, to: folder.appending(path: "data/a/0.wav"))
        let bad = folder.appending(path: "data/b/1.wav")
        try FileManager.default.createDirectory(
          at: bad.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("RIFF, but no sound".utf8).write(to: bad)
      },
      write: { folder in
        for item in 0..<9 {
          let name = "\("abc".dropFirst(item % 3).first ?? "a")/\(item).wav"
          try wav(item: item, to: folder.appending(path: "data/\(name)"))
          try wav(item: item, to: folder.appending(path: "uneven/\(name)"), count: item == 0 ? 1600 : 4000)
        }
        try Data("RIFF, but no sound".utf8).write(to: folder.appending(path: "uneven/a/9.wav"))
      })
  }

  /// Writes a tone with overtones, half a second unless `count` says otherwise, as 8-bit WAV.
  private static func wav(item: Int, to url: URL, count: Int = 4000) throws {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let sound = (0..<count).map { UInt8(($0 * (item % 3 * 9 + 3) + $0 * $0 / 900 + item * 17) % 200 + 20) }
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    let format =
      little(16, 4) + little(1, 2) + little(1, 2) + little(8000, 4) + little(8000, 4) + little(1, 2) + little(8, 2)
    let head = Array("RIFF".utf8) + little(36 + count, 4) + Array("WAVEfmt ".utf8) + format
    try Data(head + Array("data".utf8) + little(count, 4) + sound).write(to: url)
  }
}
