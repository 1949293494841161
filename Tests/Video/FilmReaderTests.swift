import Foundation
import IICCore
import Testing
import Torch

@testable import VideoModality

/// `Fixtures/make.sh` says what the films show.
@Suite struct FilmReaderTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func framesComeBackRight() throws {
    try folder.copy("ramp.mkv")
    let dataset = try folder.dataset("size: 24")
    #expect(dataset.count == 20 && dataset.description.shape == [24, 24, 3])
    #expect(dataset.description.ids.first == "ramp.mkv#0" && dataset.description.ids.last == "ramp.mkv#19")
    for item in 0..<20 {
      // The middle 24 of 32 columns.
      var expected: [Int] = []
      for row in 0..<24 { for column in 4..<28 { expected += [10 * item, 8 * column, 10 * row] } }
      #expect(try dataset.values(item) == expected)
    }
  }

  @Test func stretchedFramesShowAll() throws {
    try folder.copy("ramp.mkv")
    let dataset = try folder.dataset("size: 8, fit: stretch")
    let values = try dataset.values(3)
    try #require(values.count == 8 * 8 * 3)
    for row in 0..<8 {
      for column in 0..<8 {
        let pixel = Array(values[(24 * row + 3 * column)..<(24 * row + 3 * column + 3)])
        let expected = [30, 8 * (4 * column) + 12, 10 * (3 * row + 1)]
        for (value, middle) in zip(pixel, expected) { #expect(abs(value - middle) <= 4) }
      }
    }
  }

  @Test func greyFramesHaveOneChannel() throws {
    try folder.copy("ramp.mkv")
    let dataset = try folder.dataset("size: 24, color: grey")
    #expect(dataset.description.shape == [24, 24, 1])
    // Red 100 throughout; columns from the fifth on are green 8 times their number, rows are blue 10 times theirs.
    let values = try dataset.values(10)
    try #require(values.count == 24 * 24)
    for (place, value) in values.enumerated() {
      let (row, column) = (place / 24, place % 24 + 4)
      let expected = 0.299 * 100 + 0.587 * Double(8 * column) + 0.114 * Double(10 * row)
      #expect(abs(Double(value) - expected) <= 2, "row \(row), column \(column)")
    }
  }

  @Test func oneOfSeveralFramesIsKept() throws {
    try folder.copy("ramp.mkv")
    let ids = try folder.dataset("size: 8, every: 7, maxGap: 0").description.ids
    #expect(ids == ["ramp.mkv#0", "ramp.mkv#7", "ramp.mkv#14"])
  }

  @Test func aRateOfFramesIsKept() throws {
    try folder.copy("ramp.mkv")
    let ids = try folder.dataset("size: 8, framesPerSecond: 2.5, maxGap: 0").description.ids
    #expect(ids == [0, 4, 8, 12, 16].map { "ramp.mkv#\($0)" })
    // Of 10 frames a second no more than these can be kept.
    #expect(try folder.dataset("size: 8, framesPerSecond: 30").count == 20)
  }

  /// Frame k is at k / 60 s, rounded to milliseconds, or at k / 30 s, rounded to hundredths. Of a rate r the first frame
  /// of each period is kept: the first with k / 60 >= j / r.
  @Test(arguments: [
    ("sixty.mkv", 30, 60.0, 60.0), ("sixty.mkv", 30, 60, 30), ("sixty.mkv", 30, 60, 20), ("sixty.mkv", 30, 60, 7),
    ("sixty.mkv", 30, 60, 1000), ("thirty.gif", 15, 30, 30), ("thirty.gif", 15, 30, 15), ("thirty.gif", 15, 30, 10),
  ])
  func aRateIsKeptThoughTimesAreRounded(name: String, count: Int, rate: Double, kept: Double) throws {
    try folder.copy(name)
    let ids = try folder.dataset("size: 8, framesPerSecond: \(kept), maxGap: 0").description.ids
    let expected = (0..<count).filter { frame in
      // Whether a period begins after the frame before and not after this one.
      let periods = Double(frame) * kept / rate
      return frame == 0 || (periods + 1e-9).rounded(.down) > (periods - kept / rate + 1e-9).rounded(.down)
    }
    #expect(ids == expected.map { "\(name)#\($0)" })
  }

  /// The first frame of each third of a second, at 0, 0.4, 0.7, 1.0, 1.4 and 1.7 s.
  @Test func aPeriodEndsNoEarlierThanItsTime() throws {
    try folder.copy("ramp.mkv")
    let ids = try folder.dataset("size: 8, framesPerSecond: 3, maxGap: 0").description.ids
    #expect(ids == [0, 4, 7, 10, 14, 17].map { "ramp.mkv#\($0)" })
  }

  @Test func aClipIsCutAtItsMostFrames() throws {
    try folder.copy("ramp.mkv", "cut.mkv")
    let dataset = try folder.dataset("size: 8, maxFrames: 3, every: 2")
    #expect(
      dataset.description.ids == ["cut.mkv#0", "cut.mkv#2", "cut.mkv#4"] + [
        "ramp.mkv#0", "ramp.mkv#2", "ramp.mkv#4",
      ])
    #expect(dataset.description.notes.count == 1)
    #expect(dataset.description.notes.first?.contains(": \"cut.mkv\"") == true)
    #expect(try folder.dataset("size: 8, maxFrames: 20").description.notes.isEmpty)
  }

  @Test func clipsAreGroupsAndMayBeClasses() throws {
    try folder.copy("clips/bars.mp4", "clips/life.gif", "cut.mkv")
    let clips = try folder.dataset("size: 16, every: 10, labels: clip").description
    #expect(clips.groupIDs == ["clips/bars.mp4", "clips/life.gif", "cut.mkv"])
    #expect(clips.groups == [0, 0, 0, 1, 1, 1, 2, 2] && clips.labels == clips.groups)
    let folders = try folder.dataset("size: 16, every: 10, labels: folder").description
    #expect(folders.labels == [0, 0, 0, 0, 0, 0, -1, -1])
    #expect(try folder.dataset("size: 16, every: 10").labels == nil)
  }

  @Test func foldersThatAreNotThereAreAnError() throws {
    try folder.copy("cut.mkv")
    #expect(folder.message("size: 8, labels: folder").contains("folder finds no clip in a folder"))
  }

  @Test(arguments: ["empty", "text", "short", "mislabelled", "huge"])
  func whatCannotBeDecodedIsNamedOrSkipped(kind: String) throws {
    let whole = try Workspace.fixture("clips/life.gif")
    var huge = whole
    for place in 6..<10 { huge[place] = 255 }
    let kinds = [
      "empty": Data(), "text": Data("no film".utf8), "short": whole.prefix(whole.count / 2),
      "mislabelled": bitmap(width: 8, height: 8) { _, _ in (1, 2, 3) }, "huge": huge,
    ]
    try folder.copy("ramp.mkv")
    try folder.write(try #require(kinds[kind]), to: "bad/film.mp4")
    let message = folder.message("size: 8")
    #expect(message.contains("entry \"bad/film.mp4\": "))
    #expect(message.contains("data.onUndecodable: skip"))
    let skipped = try folder.dataset("size: 8, onUndecodable: skip")
    let rest = skipped.description.ids.filter { !$0.hasPrefix("ramp") }
    // Frames before the damage are whole.
    #expect(kind == "short" ? (1..<30).contains(rest.count) : rest.isEmpty)
    #expect(skipped.description.ids.count { $0.hasPrefix("ramp") } == 20)
    #expect(skipped.description.notes.first?.contains("\"bad/film.mp4\"") == true)
  }

  @Test func framesTooNarrowToCropAreAnError() throws {
    try folder.write(bitmap(width: 1, height: 9000) { _, row in (row % 256, 0, 0) }, to: "a/1.bmp")
    #expect(folder.message("format: frames, size: 256").contains("1 x 9000, too narrow for fit: crop"))
  }

  @Test func nothingToReadIsAnError() throws {
    #expect(folder.message("size: 8").contains("holds no files"))
    try folder.write(Data("x".utf8), to: "x.mp4")
    let message = folder.message("size: 8, onUndecodable: skip")
    #expect(message.contains("found no frame that can be used") && message.contains("x.mp4"))
  }

  /// bars.mp4, 48 x 32, with another display matrix in the head of its track: a quarter turn, clockwise.
  private func turned() throws -> Data {
    var bytes = try Workspace.fixture("clips/bars.mp4")
    let head = try #require(bytes.firstRange(of: Data("tkhd".utf8)))
    let numbers: [Int32] = [0, 1 << 16, 0, -1 << 16, 0, 0, 32 << 16, 0, 1 << 30]
    let matrix = numbers.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    bytes.replaceSubrange((head.upperBound + 40)..<(head.upperBound + 76), with: matrix)
    return bytes
  }

  /// Row r, column c of what is seen are row 31 - c, column r of what is stored, of which the middle 32 columns are
  /// kept: those from 8 on.
  @Test func filmsAreTurnedAsTheySayUnlessTheyAreLeft() throws {
    try folder.copy("clips/bars.mp4")
    try folder.write(turned(), to: "clips/turned.mp4")
    let ignored = try folder.dataset("size: 32, orientation: ignore, every: 10")
    #expect(ignored.count == 6)
    for frame in 0..<3 { #expect(try ignored.values(frame) == ignored.values(frame + 3)) }
    let followed = try folder.dataset("size: 32, every: 10")
    #expect(try followed.values(1) == ignored.values(1))
    let (stored, seen) = (try ignored.values(4), try followed.values(4))
    #expect(stored != seen)
    for row in 0..<32 {
      for column in 0..<32 {
        for channel in 0..<3 {
          #expect(seen[(32 * row + column) * 3 + channel] == stored[(32 * (31 - column) + row) * 3 + channel])
        }
      }
    }
  }

  @Test func keysThatExcludeEachOtherAreErrors() throws {
    try folder.copy("ramp.mkv")
    #expect(folder.message("every: 2, framesPerSecond: 3").contains("data.framesPerSecond"))
    #expect(folder.message("format: frames, framesPerSecond: 3").contains("which have no times"))
  }
}
