import Files
import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import SegmentationModality

/// Pictures, label pictures and views of segmentation, on small files written here.
@Suite struct SegmentationModalityTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "iic-segmentation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func write(_ name: String, _ width: Int, _ height: Int, _ pixels: PNGWriter.Pixels, _ bytes: [UInt8])
    throws
  {
    let place = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    var writer = try PNGWriter(at: place, width: width, height: height, pixels: pixels)
    try writer.append(bytes)
    try writer.finish()
  }

  private func modality(_ data: String, views: String = "{}") throws -> SegmentationModality {
    let text = """
      data: \(data)
      views: \(views)
      encoder: {}
      """
    let document = try ManifestDocument(text: text, source: "iic.yaml", folder: folder.path(percentEncoded: false))
    let resolved = try document.read { root throws(ManifestError) in try SegmentationModality(from: root) }
    return resolved.configuration
  }

  private func dataset(_ modality: SegmentationModality) throws -> Dataset {
    try modality.dataset(cache: SampleCache(folder: folder.appending(path: "cache")))
  }

  /// A picture of 20 x 12 whose red is its column, green its row, with classes by its left and right half.
  private func writePair(_ stem: String = "a", classes: [UInt8]? = nil, width: Int = 20) throws {
    var rgb: [UInt8] = []
    for row in 0..<12 {
      for column in 0..<20 { rgb += [UInt8(column), UInt8(row), 7] }
    }
    try write("images/\(stem).png", 20, 12, .rgb, rgb)
    let row = (0..<width).map { column -> UInt8 in column < 10 ? 0 : column == 19 ? 255 : 1 }
    let values = classes ?? Array(repeatElement(row, count: 12).joined())
    try write("maps/\(stem).png", width, 12, .palette((0..<256).map { [UInt8($0), 0, 0] }), values)
  }

  @Test func tilesCoverAPictureAndKnowItsClasses() throws {
    try writePair()
    let found = try dataset(modality("{source: images, tile: 8, maps: {source: maps, classes: [l, r]}}"))
    #expect(found.description.shape == [8, 8, 4])
    #expect(found.description.classNames == ["l", "r"])
    let names = [0, 4].flatMap { row in [0, 8, 12].map { "a.png@\(row),\($0)" } }
    #expect(found.description.ids == names)
    let last = try found.samples(at: [5][...]).doubles()
    for row in 0..<8 {
      for column in 0..<8 {
        let place = Array(last[((row * 8 + column) * 4)..<((row * 8 + column) * 4 + 4)])
        // Class 1 is 3 in the plane, and 255 in the last column is unknown.
        #expect(place == [Double(column + 12), Double(row + 4), 7, column == 7 ? 1 : 3])
      }
    }
  }

  @Test func aSmallPictureLiesInTheMiddleOfItsTile() throws {
    try writePair()
    let found = try dataset(modality("{source: images, tile: 16, maps: {source: maps}}"))
    #expect(found.description.ids == ["a.png@-2,0", "a.png@-2,4"])
    let plane = try found.samples(at: [0][...]).sliced(3..<4, along: 3).doubles()
    #expect(plane[..<32].allSatisfy { $0 == 0 } && plane[(14 * 16)...].allSatisfy { $0 == 0 })
    #expect(plane[(2 * 16)..<(14 * 16)].allSatisfy { $0 > 0 })
  }

  @Test func mistakesAreNamed() throws {
    try writePair(width: 19)
    #expect {
      try dataset(modality("{source: images, tile: 8, maps: {source: maps}}"))
    } throws: { error in
      "\(error)".contains("a.png")
        && "\(error)".contains("found a label picture of 19 x 12 pixels; expected 20 x 12")
    }
    try writePair(classes: Array(repeating: 9, count: 240))
    #expect {
      try dataset(modality("{source: images, tile: 8, maps: {source: maps, classes: [l, r]}}"))
    } throws: { "\($0)".contains("pixel 0, 0: found class 9; expected 0 to 1, or 255") }
    let whole = try Data(contentsOf: folder.appending(path: "maps/a.png"))
    try whole.prefix(whole.count / 2).write(to: folder.appending(path: "maps/a.png"))
    #expect {
      try dataset(modality("{source: images, tile: 8, maps: {source: maps}}"))
    } throws: { "\($0)".contains("a.png") && "\($0)".contains("the PNG is cut short") }
    try Data(whole.prefix(20)).write(to: folder.appending(path: "images/a.png"))
    #expect(throws: (any Error).self) { try dataset(modality("{source: images, tile: 8}")) }
  }

  @Test func picturesWithoutLabelsAreSaid() throws {
    try writePair("a")
    try writePair("b")
    try FileManager.default.moveItem(
      at: folder.appending(path: "maps/b.png"), to: folder.appending(path: "maps/c.png"))
    let notes = try dataset(modality("{source: images, tile: 8, maps: {source: maps}}")).description.notes
    #expect(notes.contains { $0.contains("having no label picture") && $0.contains("b.png") })
    #expect(notes.contains { $0.contains("belong to no picture") && $0.contains("c.png") })
  }

  @Test func aSuffixTellsLabelPicturesInTheSameFolder() throws {
    try writePair("a")
    try FileManager.default.moveItem(
      at: folder.appending(path: "maps/a.png"), to: folder.appending(path: "images/a_mask.png"))
    let found = try dataset(modality("{source: images, tile: 12, maps: {suffix: _mask}}"))
    #expect(found.description.ids == ["a.png@0,0", "a.png@0,8"])
    let plane = try found.samples(at: [0][...]).sliced(3..<4, along: 3).doubles()
    #expect(Set(plane) == [2, 3])
  }

  @Test func bothViewsShowOneCropAndTheSecondLeadsBack() throws {
    try writePair()
    let views = "{size: 8, input: plain, transformed: {flip: 0.5, flipVertically: 0.5, jitter: 0}}"
    let modality = try modality("{source: images, maps: {source: maps, classes: [l, r]}}", views: views)
    let samples = try dataset(modality).samples(at: [0, 0, 0, 0, 0, 0, 0, 0][...])
    let pair = try modality.pair(
      of: samples, others: samples.repeated([2, 1, 1, 1]), random: RandomStream(seed: 3))
    #expect(pair.base.values.shape == [8, 3, 8, 8] && pair.transformed.values.shape == [16, 3, 8, 8])
    let (base, other) = (try pair.base.values.floats(), try pair.transformed.values.floats())
    let maps = try #require(pair.transformed.map).floats()
    var corners: Set<[Float]> = []
    var signs: Set<[Float]> = []
    for item in 0..<16 {
      let (across, down) = (maps[item * 6], maps[item * 6 + 4])
      signs.insert([across, down])
      for row in 0..<8 {
        for column in 0..<8 {
          let from = (down < 0 ? 7 - row : row, across < 0 ? 7 - column : column)
          #expect(
            other[((item * 3) * 8 + row) * 8 + column] == base[((item % 8 * 3) * 8 + from.0) * 8 + from.1])
        }
      }
      corners.insert([base[item % 8 * 192], base[item % 8 * 192 + 64]])
    }
    #expect(corners.count > 3 && signs.count == 4)
  }

  @Test func placesOfTheEvaluationViewHaveClasses() throws {
    try writePair()
    let modality = try modality(
      "{source: images, maps: {source: maps, classes: [l, r]}}", views: "{size: 12, input: plain}")
    let samples = try dataset(modality).samples(at: [0][...])
    let classes = try #require(try modality.placeClasses(of: samples))
    #expect(classes.shape == [1, 12, 12])
    // The middle begins at column 4.
    #expect(try classes.integers().prefix(12) == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
  }

  @Test func whatDoesNotDecodeIsLeftOutIfThatIsAsked() throws {
    try writePair("a")
    try writePair("b")
    let file = folder.appending(path: "images/b.png")
    try Data(contentsOf: file).prefix(50).write(to: file)
    let found = try dataset(modality("{source: images, tile: 12, onUndecodable: skip}"))
    #expect(found.description.ids == ["a.png@0,0", "a.png@0,8"])
    #expect(found.description.notes.contains { $0.contains("left out pictures") && $0.contains("b.png") })
    #expect {
      try dataset(modality("{source: images, tile: 12}"))
    } throws: { "\($0)".contains("b.png") && "\($0)".contains("data.onUndecodable: skip leaves it out") }
  }

  @Test func picturesAreLaidInTheMiddleOfACanvas() throws {
    try writePair("a")
    let found = try dataset(
      modality("{source: images, canvas: 24, scale: 0.5, maps: {source: maps, classes: [l, r]}}"))
    #expect(found.description.shape == [24, 24, 4] && found.description.ids == ["a.png"])
    let plane = try found.samples(at: [0][...]).sliced(3..<4, along: 3).integers()
    // 10 x 6 pixels, from row 9 and column 7 on.
    for row in 0..<24 {
      for column in 0..<24 {
        let isThere = (9..<15).contains(row) && (7..<17).contains(column)
        // The last pixel that is halved is unknown, and the middle of the others is odd.
        let expected = !isThere ? 0 : column == 16 ? 1 : column < 12 ? 2 : 3
        #expect(plane[row * 24 + column] == expected)
      }
    }
    #expect {
      try dataset(modality("{source: images, canvas: 16}"))
    } throws: { "\($0)".contains("found 20 x 12 pixels, scaled; expected at most 16 x 16, which data.canvas is") }
  }

  @Test(arguments: [
    ("{dark: [0-x]}", "found \"0-x\" of \"dark\"; expected a number from 0 to 65535"),
    ("{dark: [0], bright: [\"#ffffff\"]}", "found numbers beside colours; expected either"),
    ("{dark: [0-4], bright: [3]}", "found \"3\" twice; expected each number or colour once"),
  ])
  func groupsAreChecked(groups: String, message: String) throws {
    #expect {
      try modality("{source: images, tile: 8, maps: {source: maps, groups: \(groups)}}")
    } throws: { "\($0)".contains(message) }
  }

  /// A turned view shows at each place what its map says, bilinearly.
  @Test func aTurnedViewIsWhereItsMapSays() throws {
    try writePair()
    let views =
      "{size: 12, input: plain, transformed: {flip: 0.5, jitter: 0, rotation: 30, shear: 10, scale: [0.8, 1.2]}}"
    let modality = try modality("{source: images}", views: views)
    let samples = try dataset(modality).samples(at: [0, 0, 0, 0][...])
    let pair = try modality.pair(of: samples, others: samples, random: RandomStream(seed: 5))
    let (base, turned) = (try pair.base.values.doubles(), try pair.transformed.values.doubles())
    let maps = try #require(pair.transformed.map).doubles()
    let side = 12
    var compared = 0
    for item in 0..<4 {
      let m = Array(maps[(6 * item)..<(6 * item + 6)])
      for row in 0..<side {
        for column in 0..<side {
          let (x, y) = (Double(2 * column + 1) / Double(side) - 1, Double(2 * row + 1) / Double(side) - 1)
          // In pixels of the base view, whose middles are whole numbers.
          let across = ((m[0] * x + m[1] * y + m[2] + 1) * Double(side) - 1) / 2
          let down = ((m[3] * x + m[4] * y + m[5] + 1) * Double(side) - 1) / 2
          guard (0...Double(side - 1)).contains(across), (0...Double(side - 1)).contains(down) else { continue }
          let (left, top) = (min(Int(across), side - 2), min(Int(down), side - 2))
          let (right, lower) = (across - Double(left), down - Double(top))
          func value(_ row: Int, _ column: Int) -> Double { base[(item * 3 * side + row) * side + column] }
          let upper = value(top, left) * (1 - right) + value(top, left + 1) * right
          let below = value(top + 1, left) * (1 - right) + value(top + 1, left + 1) * right
          let expected = upper * (1 - lower) + below * lower
          #expect(abs(turned[(item * 3 * side + row) * side + column] - expected) < 1e-4)
          compared += 1
        }
      }
    }
    #expect(compared > 200)
  }
}
