import Foundation
import IICCore
import IICTesting
import Testing
import Torch

@testable import VideoModality

@Suite struct VideoModalityTests {
  /// Three clips of three kinds, in three containers.
  static let films = ModalityConformance(
    VideoModality.self,
    manifest: """
      name: clips
      modality: video
      data: {source: data, labels: clip, size: 20, every: 3, maxGap: 2}
      views: {size: 16, transformed: {jitter: 0.2}}
      heads: {main: {clusters: 3, subheads: 2}, auxiliary: {clusters: 5, subheads: 2}}
      training: {epochs: 1, batch: 8, repeats: 2}
      """,
    items: 30, classes: 3,
    layouts: [
      DataLayout(
        ["data.source=$FOLDER/damaged", "data.onUndecodable=skip"],
        changes: [
          "data.maxFrames": ["data.maxFrames=4"],
          "data.shotThreshold": ["data.shotThreshold=0"],
        ], inert: ["data.framesPerSecond", "data.orientation"]),
      // Without `every`, beside which there is no rate.
      DataLayout(
        ["data={source: $FOLDER/damaged, labels: clip, size: 20, maxGap: 2, onUndecodable: skip}"],
        changes: [
          "data.framesPerSecond": ["data.framesPerSecond=5"], "data.maxFrames": ["data.maxFrames=4"],
          "data.shotThreshold": ["data.shotThreshold=0"],
        ], inert: ["data.orientation"]),
    ],
    empty: .init(mention: "data") { folder in
      try FileManager.default.createDirectory(
        at: folder.appending(path: "data/a"), withIntermediateDirectories: true)
    },
    corrupt: .init(mention: "zoom.webm") { folder in
      try write(["bars.mp4"], to: folder)
      let whole = try Workspace.fixture("clips/zoom.webm")
      try whole.prefix(whole.count / 2).write(to: folder.appending(path: "data/zoom.webm"))
    },
    write: { folder in
      try write(["bars.mp4", "life.gif", "zoom.webm"], to: folder)
      try write(["bars.mp4", "life.gif"], to: folder, "damaged")
      let whole = try Workspace.fixture("clips/zoom.webm")
      try whole.prefix(whole.count / 2).write(to: folder.appending(path: "damaged/zoom.webm"))
    })

  private static func write(_ names: [String], to folder: URL, _ place: String = "data") throws {
    let data = folder.appending(path: place)
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    for name in names { try Workspace.fixture("clips/\(name)").write(to: data.appending(path: name)) }
  }

  @Test(arguments: ConformanceCheck.allCases)
  func holds(_ check: ConformanceCheck) throws { try Self.films.holds(check) }

  @Test func clipsAreFound() throws {
    let folder = try Workspace()
    try folder.copy("clips/bars.mp4", "clips/life.gif", "clips/zoom.webm")
    let experiment = try folder.experiment(
      "labels: clip, size: 24, maxGap: 3",
      """
      views: {size: 16, transformed: {jitter: 0.3}}
      training:
        {epochs: 12, batch: 60, repeats: 2, learningRate: 0.002, threads: 1, precision: float32,
         restarts: {count: 3, epochs: 2}}
      """)
    let report = try experiment.report(of: experiment.train { _ in })
    #expect(try #require(report.byLoss.acc) > 0.9)
    let groups = try #require(report.groups)
    #expect(groups.count == 3 && groups.byLoss.acc == 1)
  }
}
