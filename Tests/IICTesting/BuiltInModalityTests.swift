import Foundation
import IICCore
import ImageModality
import Testing

@testable import IICTesting

/// Every modality in `Plugins` keeps what the core relies on.
@Suite struct BuiltInModalityTests {
  static let all = [images, sounds, films]

  @Test(arguments: all, ConformanceCheck.allCases)
  func holds(_ modality: ModalityConformance, _ check: ConformanceCheck) throws { try modality.holds(check) }

  @Test(arguments: soundsToRefuse + filmsToRefuse)
  func archivesWithoutItemsAreRefused(_ modality: ModalityConformance) throws { try modality.holds(.emptyData) }

  @Test(arguments: all) func whatSystemsKeepIsNoData(_ modality: ModalityConformance) throws {
    let plain = try modality.open()
    let subject = try ConformanceSubject(modality, overrides: []) { folder in
      try modality.write(folder)
      let data = folder.appending(path: "data")
      for name in [".DS_Store", "._1.wav", "Thumbs.db", "desktop.ini"] {
        try Data("no data".utf8).write(to: data.appending(path: name))
      }
      try FileManager.default.createSymbolicLink(
        atPath: data.appending(path: "gone").path, withDestinationPath: "nothing")
    }
    #expect(subject.dataset.description.ids == plain.dataset.description.ids)
    #expect(subject.dataset.description.contentHash == plain.dataset.description.contentHash)
    #expect(plain.experiment.warnings.isEmpty)
    let links = "data: left out entries, symbolic links that lead nowhere: 1: \"gone\""
    #expect(subject.experiment.warnings.contains(links), "\(subject.experiment.warnings)")
  }

  /// Packs a folder, `data`, as `data.tar`.
  static func pack(_ name: String = "data", in folder: URL) throws {
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.currentDirectoryURL = folder
    tar.arguments = ["tar", "--sort=name", "-C", name, "-cf", "\(name).tar", "."]
    try tar.run()
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }

  /// Makes a folder with the folders on its way.
  static func makeFolder(_ url: URL) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
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
    items: 12, classes: 3, layouts: pictureLayouts,
    empty: .init(mention: "entry \"images\": IDX: found dimensions") { folder in
      try idx([0, 16, 16], [], "images", in: folder)
      try idx([0], [], "labels", in: folder)
    },
    corrupt: .init(mention: "entry \"images\": IDX: found 3071 elements") { folder in
      try idx([12, 16, 16], [UInt8](repeating: 7, count: 12 * 256 - 1), "images", in: folder)
      try idx([12], [UInt8](repeating: 0, count: 12), "labels", in: folder)
    },
    write: { folder in
      try writePictureLayouts(in: folder)
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

  /// Writes an IDX file of bytes: two zeros, the type, the rank, the sizes, the elements.
  static func idx(_ shape: [Int], _ elements: [UInt8], _ name: String, in folder: URL) throws {
    let data = folder.appending(path: "data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    let sizes = shape.flatMap { size in (0..<4).reversed().map { UInt8(size >> ($0 * 8) & 255) } }
    try Data([0, 0, 8, UInt8(shape.count)] + sizes + elements).write(to: data.appending(path: name))
  }
}
