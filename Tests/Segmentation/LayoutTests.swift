import Files
import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import SegmentationModality

/// The layouts of COCO-Stuff and Potsdam by the samples' own `data` sections, on small files that `Fixtures/make.py` made
/// with SciPy, tifffile and Pillow.
@Suite struct LayoutTests {
  private let cache = FileManager.default.temporaryDirectory.appending(path: "iic-layouts-\(UUID().uuidString)")

  private func dataset(_ sample: String, changing changes: [String: String] = [:]) throws -> Dataset {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let manifest = try String(contentsOf: root.appending(path: "samples/\(sample)"), encoding: .utf8)
    let start = try #require(manifest.range(of: "\ndata:")).lowerBound
    let end = try #require(manifest.range(of: "\nviews:")).lowerBound
    var text = String(manifest[start..<end])
    for (old, new) in changes {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let document = try ManifestDocument(
      text: text, source: "iic.yaml", folder: fixtures.path(percentEncoded: false))
    let modality = try document.read { root throws(ManifestError) in try SegmentationModality(from: root) }
    return try modality.configuration.dataset(cache: SampleCache(folder: cache))
  }

  /// What is where in an item, as `PlacePlane` says, and the values of a channel.
  private func channel(_ channel: Int, of item: Int, in dataset: Dataset) throws -> [Int] {
    try dataset.samples(at: [item][...]).sliced(channel..<channel + 1, along: 3).integers()
  }

  @Test func stuffIsScaledGroupedAndCurated() throws {
    let found = try dataset("coco-stuff-3/iic.yaml")
    #expect(found.description.shape == [212, 212, 4])
    #expect(found.description.classNames == ["sky", "plant", "ground"])
    #expect(
      found.description.ids == ["000000000009", "000000000025"].map { "train2017/\($0).jpg" }
        + ["val2017/000000000139.jpg"])
    let notes = found.description.notes
    #expect(notes.contains { $0.contains("side below 360 pixels: 1: \"train2017/000000000030.jpg\"") })
    #expect(notes.contains { $0.contains("less than 0.75") && $0.contains("val2017/000000000285.jpg") })
    // 640 x 480 becomes 211 x 158, in the middle: from row 27 and column 0 on.
    let plane = try channel(3, of: 0, in: found)
    func place(_ row: Int, _ column: Int) -> Int { plane[row * 212 + column] }
    #expect(plane.count { $0 > 0 } == 211 * 158)
    #expect(place(26, 100) == 0 && place(27, 100) == 2 && place(184, 100) == 1 && place(185, 100) == 0)
    #expect(place(100, 210) == 2 && place(100, 211) == 0)
    // Plants to the left, sky above, ground below, and of no known class the last tenth.
    #expect(place(60, 20) == 3 && place(60, 150) == 2 && place(140, 150) == 4 && place(180, 20) == 1)
  }

  @Test func fifteenKindsKeepMore() throws {
    let found = try dataset("coco-stuff-15/iic.yaml", changing: ["leastShare: 0.75": "leastShare: 0"])
    #expect(found.description.classNames?.count == 15)
    #expect(found.count == 4)
    // Sky, plant and ground are the twelfth, eleventh and tenth.
    #expect(Set(try channel(3, of: 0, in: found)) == [0, 1, 2 + 11, 2 + 10, 2 + 9])
  }

  @Test(arguments: [("potsdam-3/tiles.yaml", [0, 1, 2, 2, 0, 1]), ("potsdam-6/tiles.yaml", [0, 1, 2, 3, 4, 5])])
  func tilesOfMATLABAreRead(sample: String, groups: [Int]) throws {
    let found = try dataset(sample)
    #expect(found.description.shape == [200, 200, 5] && found.description.ids == ["0.mat", "1.mat", "2.mat"])
    for item in 0..<2 {
      let (plane, red, rows) = (
        try channel(4, of: item, in: found), try channel(0, of: item, in: found),
        try channel(2, of: item, in: found)
      )
      for place in stride(from: 0, to: 40000, by: 37) {
        let kind: Int = (place / 200 / 50 + place % 200 / 100 + item) % 6
        #expect(plane[place] == 2 + groups[kind] && red[place] == kind * 40 && rows[place] == place / 400)
      }
    }
    #expect(try channel(4, of: 2, in: found).allSatisfy { $0 == 1 })
    #expect(found.description.notes.contains { $0.contains("having no label picture") && $0.contains("2.mat") })
  }

  @Test(arguments: [("potsdam-3/iic.yaml", [0, 1, 2, 2, 0, 1]), ("potsdam-6/iic.yaml", [0, 1, 2, 3, 4, 5])])
  func orthophotosAreHalvedAndCut(sample: String, groups: [Int]) throws {
    let found = try dataset(sample)
    #expect(found.description.shape == [200, 200, 5])
    #expect(found.description.ids == [0, 200].map { "top_potsdam_2_10_RGBIR.tif@0,\($0)" })
    for item in 0..<2 {
      let (plane, infrared) = (try channel(4, of: item, in: found), try channel(3, of: item, in: found))
      for row in stride(from: 0, to: 200, by: 3) {
        for column in stride(from: 0, to: 200, by: 7) {
          let kind: Int = (row / 50 + (column + 200 * item) / 100) % 6
          #expect(plane[row * 200 + column] == 2 + groups[kind])
          #expect(infrared[row * 200 + column] == row % 256)
        }
      }
    }
  }
}
