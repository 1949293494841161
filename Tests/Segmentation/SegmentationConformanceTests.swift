import Files
import Foundation
import IICCore
import IICTesting
import SegmentationModality
import Testing

@Suite struct SegmentationConformanceTests {
  @Test(arguments: ConformanceCheck.allCases)
  func holds(_ check: ConformanceCheck) throws { try Self.halves.holds(check) }

  /// Pictures of a dark and a bright part of other widths, with their label pictures, and others of four channels.
  private static let halves = ModalityConformance(
    SegmentationModality.self,
    manifest: """
      name: halves
      modality: segmentation
      data: {source: pictures, maps: {source: maps, classes: [dark, bright]}}
      views: {transformed: {flip: 0.5, jitter: 0.4}}
      encoder: {name: compact}
      objective: {name: dense, displacement: 1}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 4, repeats: 2}
      """,
    items: 10,
    layouts: [
      DataLayout(
        ["data={source: $FOLDER/pictures, maps: {source: $FOLDER/maps, classes: [dark, bright]}}"],
        changes: [
          "data.suffix": ["data.suffix=_wide"], "data.channels": ["data.channels=grey"],
          "data.leastSide": ["data.leastSide=13", "data.tile=8"], "data.scale": ["data.scale=0.5"],
          "data.tile": ["data.tile=8"], "data.canvas": ["data.canvas=20"],
          "data.maps.suffix": ["data.maps.suffix=_other"], "data.maps.source": ["data.maps.source=$FOLDER/swapped"],
          "data.maps.classes": ["data.maps.classes=[one, two]"],
          "data.maps.groups": ["data.maps.classes=null", "data.maps.groups={all: [0-1]}"],
          "data.maps.leastShare": ["data.maps.leastShare=0.9"],
          "data.maps.unlabelled": ["data.maps.unlabelled=[1, 255]"],
        ],
        inert: [
          "data.orientation", "data.onUndecodable", "data.overlap", "data.variable", "data.maps.variable",
          "data.maps.resize",
        ]),
      DataLayout(
        [
          "data={source: $FOLDER/pictures, tile: 8, overlap: 2, maps: {source: $FOLDER/maps, groups: {dark: [0], bright: [1]}}}"
        ],
        changes: [
          "data.suffix": ["data.suffix=_wide"], "data.leastSide": ["data.leastSide=13"],
          "data.maps.suffix": ["data.maps.suffix=_other"], "data.maps.source": ["data.maps.source=$FOLDER/swapped"],
          "data.maps.groups": ["data.maps.groups={dark: [1], bright: [0]}"],
          "data.maps.leastShare": ["data.maps.leastShare=0.9"],
        ],
        inert: [
          "data.orientation", "data.onUndecodable", "data.variable", "data.maps.variable", "data.maps.resize",
          "data.canvas", "data.maps.classes", "data.maps.unlabelled",
        ]),
    ],
    empty: .init(mention: "pictures: found no picture") { folder in
      try write(in: folder)
      for number in 0..<10 {
        try FileManager.default.removeItem(
          at: folder.appending(path: "pictures/\(number)\(number == 9 ? "_wide" : "").png"))
      }
      try Data("none".utf8).write(to: folder.appending(path: "pictures/notes.txt"))
    },
    corrupt: .init(mention: "entry \"3.png\"") { folder in
      try write(in: folder)
      let file = folder.appending(path: "pictures/3.png")
      try Data(contentsOf: file).prefix(60).write(to: file)
    },
    write: { try write(in: $0) })

  private static func write(in folder: URL) throws {
    for name in ["pictures", "maps", "swapped"] {
      try FileManager.default.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    let (width, height) = (16, 12)
    for number in 0..<10 {
      let name = number == 9 ? "9_wide" : "\(number)"
      var picture: [UInt8] = []
      var classes: [UInt8] = []
      for row in 0..<height {
        for column in 0..<width {
          let isBright = column >= 3 + number
          let level = (isBright ? 180 : 30) + (row * 7 + column * 5 + number) % 40
          picture += [UInt8(level), UInt8(level / 2), UInt8(255 - level)]
          classes.append(row == 0 && number > 4 || number == 2 && row < 6 ? 255 : isBright ? 1 : 0)
        }
      }
      let files: [(String, PNGWriter.Pixels, [UInt8])] = [
        ("pictures/\(name)", .rgb, picture), ("maps/\(name)", .grey, classes),
        ("swapped/\(name)", .grey, classes.map { $0 == 255 ? 255 : 1 - $0 }),
      ]
      for (path, pixels, bytes) in files {
        var writer = try PNGWriter(
          at: folder.appending(path: "\(path).png"), width: width, height: height, pixels: pixels)
        try writer.append(bytes)
        try writer.finish()
      }
    }
    // Label pictures of another suffix, all of one class.
    for number in 0..<9 {
      var writer = try PNGWriter(
        at: folder.appending(path: "maps/\(number)_other.png"), width: width, height: height, pixels: .grey)
      try writer.append(Array(repeating: 0, count: width * height))
      try writer.finish()
    }
  }
}
