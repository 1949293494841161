import Foundation
import IICTesting
import Testing

@testable import sensors

/// The checks that every modality must pass, on recordings whose two activities follow one another.
@Suite struct MomentsModalityTests {
  static let moments = ModalityConformance(
    MomentsModality.self,
    manifest: """
      name: test
      modality: moments
      data: {source: recordings, classes: [slow, fast], length: 80}
      views: {shift: 8}
      encoder: {width: 8}
      objective: {name: dense, displacement: 2}
      heads: {main: {clusters: 2, subheads: 2}, auxiliary: {clusters: 4, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 12,
    layouts: [
      DataLayout(
        ["data={source: $FOLDER/recordings, classes: [slow, fast], length: 80}"],
        changes: ["data.classes": ["data.classes=[one, two]"]])
    ],
    empty: .init(mention: "left out files, shorter than 80 moments") { folder in
      try write("x,y,activity\n1,2,0\n", to: "recordings/1.csv", in: folder)
    },
    corrupt: .init(mention: "entry \"2.csv\": row 3: found class 2.0; expected -1 to 1") { folder in
      try write("x,y,activity\n1,2,0\n1,2,-1\n1,2,2\n", to: "recordings/2.csv", in: folder)
    },
    write: { folder in
      for item in 0..<6 { try write(recording(item), to: "recordings/\(item).csv", in: folder) }
    })

  @Test(arguments: ConformanceCheck.allCases)
  func holds(_ check: ConformanceCheck) throws { try Self.moments.holds(check) }

  /// 160 moments of two channels, which give two stretches of 80.
  private static func recording(_ item: Int) -> String {
    let rows = (0..<160).map { moment in
      let kind = (moment + 13 * item) / 40 % 2
      let angle = Double(moment) * (kind == 0 ? 0.2 : 1.1) + Double(item)
      return "\(sin(angle)),\(cos(angle * 1.5) + 0.1 * Double(item)),\(kind)"
    }
    return (["x,y,activity"] + rows).joined(separator: "\n") + "\n"
  }

  private static func write(_ text: String, to name: String, in folder: URL) throws {
    let file = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
