import Files
import Manifest
import Foundation
import IICCore
import Testing

@testable import VideoModality

@Suite struct FramePairsTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  /// cut.mkv changes from red to blue at frame 10.
  @Test(arguments: [1, 3, 100]) func pairsCrossNoShotAndNoGap(gap: Int) throws {
    try folder.copy("cut.mkv", "ramp.mkv")
    let dataset = try folder.dataset("size: 16, maxGap: \(gap)")
    let partners = try #require(dataset.partners)
    #expect(dataset.description.ids.first == "cut.mkv#0" && dataset.count == 40)
    for item in 0..<20 {
      let shot = item < 10 ? 0..<10 : 10..<20
      let near = shot.filter { $0 != item && abs($0 - item) <= gap }
      #expect(partners[item] == near)
    }
    // ramp.mkv: all of frame n is red 10 n, a third of the channels, so that a shot ends with each sixteenth of red.
    for item in 20..<40 {
      let near = (20..<40).filter { $0 != item && abs($0 - item) <= gap }
      let shot = near.filter { (item - 20) * 10 / 16 == ($0 - 20) * 10 / 16 }
      #expect(partners[item] == shot)
    }
  }

  @Test func aThresholdOfOneNeverCuts() throws {
    try folder.copy("cut.mkv")
    let partners = try #require(try folder.dataset("size: 16, maxGap: 2, shotThreshold: 1").partners)
    #expect(partners[10] == [8, 9, 11, 12])
  }

  /// Black, white and black again, in all channels.
  @Test func aThresholdOfOneDoesNotCutWhereAllColoursChange() throws {
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    let dataset = try cache.dataset(sources: [], decoding: "black and white") { writer in
      for value in [0, 255, 0] as [UInt8] { try writer.append([UInt8](repeating: value, count: 12)) }
      return DatasetDescription(
        shape: [2, 2, 3], element: .uint8, ids: ["a#0", "a#1", "a#2"], groups: [0, 0, 0], groupIDs: ["a"])
    }
    func partners(_ threshold: String) throws -> [[Int]] {
      let section = try ManifestDocument(text: "{maxGap: 1, shotThreshold: \(threshold)}")
      let found = try section.read { section throws(ManifestError) in try FramePairs(from: section) }.configuration
        .partners(of: dataset, isOrdered: true)
      return (0..<3).map { found[$0] }
    }
    #expect(try partners("1") == [[1], [0, 2], [1]])
    #expect(throws: UserError.self) { try partners("0.99") }
  }

  @Test func gapsAreCountedInFramesKept() throws {
    try folder.copy("cut.mkv")
    let dataset = try folder.dataset("size: 16, every: 4, maxGap: 1")
    #expect(dataset.description.ids.map { $0.split(separator: "#")[1] } == ["0", "4", "8", "12", "16"])
    let partners = try #require(dataset.partners)
    #expect((0..<5).map { partners[$0] } == [[1], [0, 2], [1], [4], [3]])
  }

  @Test func noGapPairsFramesWithThemselves() throws {
    try folder.copy("cut.mkv")
    #expect(try folder.dataset("size: 16, maxGap: 0").partners == nil)
  }

  @Test func pairsThatTheManifestNamesAreTaken() throws {
    try folder.copy("cut.mkv")
    try Data("left,right\ncut.mkv#0,cut.mkv#19\n".utf8).write(to: folder.url.appending(path: "pairs.csv"))
    func partners(_ pairs: String) throws -> Partners? {
      let training = "training: {epochs: 1, batch: 9, threads: 1}"
      return try folder.experiment("size: 16", "pairs: \(pairs)\n\(training)").dataset.partners
    }
    let named = try #require(try partners("{source: pairs.csv}"))
    #expect(named[0] == [19] && named[19] == [0])
    #expect((1..<19).allSatisfy { !named.has($0) })
    // So is it written in a run's manifest that names none.
    let mined = try #require(try partners("null"))
    #expect(mined[5] == [2, 3, 4, 6, 7, 8])
  }

  @Test func shotsOfOneFrameAloneAreAnError() throws {
    try folder.copy("cut.mkv")
    #expect(folder.message("size: 16, every: 10").contains("no two frames are in one shot"))
  }
}
