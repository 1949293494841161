import Foundation
import IICTesting
import Testing

@testable import sensors

/// The checks that every modality must pass, on recordings that are written for them.
///
/// `window` and `margin`, the keys of `data` that change samples, are numbers: the check of the cache finds other values
/// of them itself. A text or a list would need one, as `layouts: [DataLayout(changes: ["data.key": ["data.key=other"]])]`.
@Suite struct SensorModalityTests {
  static let sensors = ModalityConformance(
    SensorModality.self,
    manifest: """
      name: test
      modality: sensor
      data: {source: recordings, window: 32, margin: 8}
      encoder: {width: 8}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 12, classes: 3,
    empty: .init(mention: "left out files, shorter than 40 moments, window and margin") { folder in
      try write("x,y\n", to: "recordings/a/1.csv", in: folder)
    },
    corrupt: .init(mention: "entry \"b/2.csv\": line 3: found \"4,five\"; expected 2 numbers") { folder in
      try write(recording(0), to: "recordings/a/1.csv", in: folder)
      try write("x,y\n1,2\n4,five\n", to: "recordings/b/2.csv", in: folder)
    },
    write: { folder in
      for item in 0..<6 { try write(recording(item), to: "recordings/\(item % 3)/\(item).csv", in: folder) }
    })

  @Test(arguments: ConformanceCheck.allCases)
  func holds(_ check: ConformanceCheck) throws { try Self.sensors.holds(check) }

  /// Data that is refused, with what is said of it.
  static let mistakes = [
    refusing("entry \"a/1.csv\": found no columns", ["a/1.csv": ""]),
    refusing(
      "entry \"b/2.csv\": found 3 columns; expected 2", ["a/1.csv": recording(0), "b/2.csv": "x,y,z\n1,2,3\n"]),
    refusing(
      "entry \"a/1.csv\": column 1: found values from 1700000000.0 to 1700000040.0",
      ["a/1.csv": "t,x\n1700000000,1\n1700000040,2\n"]),
    refusing(
      "left out files, shorter than 40 moments, window and margin: 2",
      ["a/1.csv": "x,y\n", "b/2.csv": "x,y\n1,2\n"]),
  ]

  @Test(arguments: mistakes)
  func mistakesAreNamed(_ modality: ModalityConformance) throws { try modality.holds(.emptyData) }

  private static func refusing(_ mention: String, _ files: [String: String]) -> ModalityConformance {
    ModalityConformance(
      SensorModality.self,
      manifest: """
        name: test
        modality: sensor
        data: {source: recordings, window: 32, margin: 8}
        heads: {main: {clusters: 3}}
        training: {epochs: 1}
        """,
      empty: .init(mention: mention) { folder in
        for (name, text) in files { try write(text, to: "recordings/\(name)", in: folder) }
      }, corrupt: nil, write: { _ in })
  }

  /// Eighty moments of two channels, which give two stretches of 40.
  private static func recording(_ item: Int) -> String {
    let rows = (0..<80).map { moment in
      let angle = Double(moment * (item % 3 + 1)) * 0.3 + Double(item)
      return "\(sin(angle)),\(cos(angle * 1.5) + 0.1 * Double(item))"
    }
    return (["x,y"] + rows).joined(separator: "\n") + "\n"
  }

  private static func write(_ text: String, to name: String, in folder: URL) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
