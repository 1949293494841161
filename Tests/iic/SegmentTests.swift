import Files
import Foundation
import Media
import Testing

/// Pictures of a dark and a bright half, segmented by the program from end to end.
@Suite(.serialized) struct SegmentTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    for name in ["pictures", "maps", "more"] {
      try FileManager.default.createDirectory(
        at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    for number in 0..<6 {
      try draw("pictures/\(number).png", width: 24, height: 24, edge: 6 + 2 * number)
      try write("maps/\(number).png", 24, 24, .grey) { column, _ in [column < 6 + 2 * number ? 0 : 1] }
    }
    // Larger than a tile, in a folder below.
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "more/a"), withIntermediateDirectories: true)
    try draw("more/a/large.png", width: 70, height: 41, edge: 30)
    let manifest = """
      name: halves
      modality: segmentation
      data: {source: pictures, tile: 24, maps: {source: maps, classes: [dark, bright]}}
      views: {input: plain, transformed: {jitter: 0.1}}
      objective: {name: dense, displacement: 1}
      heads: {main: {clusters: 2, subheads: 1, start: 0, deviation: 0.1}, auxiliary: null}
      training: {epochs: 12, batch: 6, repeats: 1, learningRate: 0.01, threads: 1, precision: float32}
      """
    try Data(manifest.utf8).write(to: folder.url.appending(path: "halves.yaml"))
  }

  private func draw(_ name: String, width: Int, height: Int, edge: Int) throws {
    try write(name, width, height, .rgb) { column, row in
      let level = UInt8((column < edge ? 40 : 200) + (column * 7 + row * 5) % 12)
      return [level, level, UInt8(level / 2)]
    }
  }

  private func write(
    _ name: String, _ width: Int, _ height: Int, _ pixels: PNGWriter.Pixels, _ pixel: (Int, Int) -> [UInt8]
  ) throws {
    var writer = try PNGWriter(at: folder.url.appending(path: name), width: width, height: height, pixels: pixels)
    for row in 0..<height { try writer.append((0..<width).flatMap { pixel($0, row) }) }
    try writer.finish()
  }

  @Test func halvesAreFoundAndNewPicturesSegmented() throws {
    let trained = try iic("train", "halves.yaml", "--run", "run", "--json", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let figures = try #require(try trained.json().first)
    let best = try #require(figures["by_loss"] as? [String: Any])
    #expect(try #require(best["acc"] as? Double) > 0.95)
    #expect(try #require(best["mean_iou"] as? Double) > 0.9)
    #expect(figures["places"] as? Int == 6 * 24 * 24)
    let shares = try String(contentsOf: folder.url.appending(path: "run/shares.csv"), encoding: .utf8)
    #expect(shares.hasPrefix("id,places,share_0,share_1\n0.png,576,"))
    #expect(!folder.exists("run/assignments.csv"))

    let evaluated = try iic("evaluate", "run", "--kmeans", "--json", in: folder)
    let again = try #require(try evaluated.json().first)
    let repeated = try #require(again["by_loss"] as? [String: Any])
    let (first, second) = (best["acc"] as? Double, repeated["acc"] as? Double)
    #expect(first == second)
    let baselines = try #require(again["kmeans_places"] as? [String: [String: Double]])
    #expect(try #require(baselines["colours"]?["acc"]) > 0.99)

    // The run's own data are not needed.
    try FileManager.default.removeItem(at: folder.url.appending(path: "pictures"))
    let segmented = try iic("segment", "run", "more", "--out", "found", "--overlays", "--overlap", "8", in: folder)
    #expect(segmented.status == 0, "\(segmented.errors)")
    let bytes = [UInt8](try Data(contentsOf: folder.url.appending(path: "found/a_large.png")))
    let map = try ImageDecoder.decode(bytes, name: "map", color: .rgb)
    #expect(map.width == 70 && map.height == 41)
    func colour(_ row: Int, _ column: Int) -> [UInt8] {
      Array(map.pixels[((row * 70 + column) * 3)..<((row * 70 + column) * 3 + 3)])
    }
    var wrong = 0
    for row in 0..<41 {
      for column in 0..<70 where colour(row, column) != colour(20, column < 30 ? 10 : 60) { wrong += 1 }
    }
    #expect(colour(20, 10) != colour(20, 60))
    #expect(wrong < 41 * 70 / 20)
    #expect(folder.exists("found/a_large_overlay.png"))
    let table = try String(contentsOf: folder.url.appending(path: "found/shares.csv"), encoding: .utf8)
    #expect(table.hasPrefix("picture,map,share_0,share_1\na/large.png,a_large.png,0."))

    // Names and colours are obeyed; the items are not counted again, since their pictures are gone, and that is said.
    let edited = try iic(
      "edit", "run", "--rename", "0=sea", "--colour", "0=#ff0000", "--colour", "1=#00ff00", in: folder)
    #expect(edited.status == 0 && edited.output == "0 sea, #ff0000\n1, #00ff00\n", "\(edited.errors)")
    #expect(edited.errors.contains("the run's tables are as they were"))
    let relabelled = try iic("segment", "run", "more", "--out", "named", "--overlap", "8", in: folder)
    #expect(relabelled.status == 0, "\(relabelled.errors)")
    let named = try String(contentsOf: folder.url.appending(path: "named/shares.csv"), encoding: .utf8)
    #expect(named.hasPrefix("picture,map,sea,share_1\n"))
    let picture = [UInt8](try Data(contentsOf: folder.url.appending(path: "named/a_large.png")))
    let coloured = try ImageDecoder.decode(picture, name: "map", color: .rgb).pixels
    #expect(
      Set(stride(from: 0, to: coloured.count, by: 3).map { Array(coloured[$0..<($0 + 3)]) }) == [
        [255, 0, 0], [0, 255, 0],
      ])
    let split = try iic("edit", "run", "--split", "0", in: folder)
    #expect(split.status == 1 && split.errors.contains("clusters places, which cannot be split"), "\(split.errors)")
  }

  @Test func mistakesAreNamed() throws {
    let far = try iic("train", "halves.yaml", "--set", "objective.displacement=24", in: folder)
    #expect(
      far.status == 1 && far.errors.contains("found displacement 24; expected one below the sides of the map"))
    let items = try iic("train", "halves.yaml", "--set", "objective={name: information}", in: folder)
    #expect(items.status == 1 && items.errors.contains("found information; expected dense"))
  }
}
