import Foundation
import IICCore
import Testing

@testable import VideoModality

@Suite struct FrameFoldersTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  /// Frame n of a clip is red n.
  private func write(_ clip: String, frames: Int) throws {
    for frame in 1...frames {
      let picture = bitmap(width: 12, height: 8) { column, row in (frame, 20 * column, 30 * row) }
      try folder.write(picture, to: "\(clip)/f\(frame).bmp")
    }
  }

  @Test func foldersAreClips() throws {
    try write("walk/one", frames: 3)
    try write("run/two", frames: 2)
    let dataset = try folder.dataset("format: frames, size: 8, labels: folder")
    let description = dataset.description
    #expect(description.ids.count == 5)
    for (item, id) in description.ids.enumerated() {
      let group = try #require(description.groups)[item]
      #expect(id.hasPrefix(try #require(description.groupIDs[group...].first) + "/f"))
      #expect(description.labels?[item] == (id.hasPrefix("run") ? 0 : 1))
      let frame = try #require(Int(id.split(separator: "f").last?.prefix { $0 != "." } ?? ""))
      #expect(try dataset.values(item)[..<6] == [frame, 40, 0, frame, 60, 0])
    }
  }

  @Test func framesFollowEachOtherByNumber() throws {
    try write("clip", frames: 12)
    let dataset = try folder.dataset("format: frames, size: 8, maxGap: 1, shotThreshold: 1")
    let partners = try #require(dataset.partners)
    func item(_ frame: Int) -> Int { dataset.description.ids.firstIndex(of: "clip/f\(frame).bmp") ?? -1 }
    for frame in 1...12 {
      let near = [frame - 1, frame + 1].filter { (1...12).contains($0) }
      #expect(Set(partners[item(frame)]) == Set(near.map(item)))
    }
    let kept = try folder.dataset("format: frames, size: 8, every: 5").description.ids
    #expect(Set(kept) == ["clip/f1.bmp", "clip/f6.bmp", "clip/f11.bmp"])
    // As many as may be kept, and none that is missed.
    #expect(try folder.dataset("format: frames, size: 8, every: 5, maxFrames: 3").description.notes.isEmpty)
    let first = try folder.dataset("format: frames, size: 8, maxFrames: 2").description
    #expect(Set(first.ids) == ["clip/f1.bmp", "clip/f2.bmp"] && first.notes.count == 1)
  }

  /// Row r, column c of what is seen are row 7 - c, column r of what is stored.
  @Test func framesAreTurnedAsTheySayUnlessTheyAreLeft() throws {
    try folder.write(Workspace.fixture("turned.png"), to: "clip/f1.png")
    try folder.write(Workspace.fixture("turned.png"), to: "clip/f2.png")
    let layout = "format: frames, size: 8, fit: stretch"
    let stored = try folder.dataset("\(layout), orientation: ignore").values(0)
    let seen = try folder.dataset(layout).values(0)
    try #require(stored.count == 192 && seen.count == 192 && stored != seen)
    for place in 0..<64 {
      let (row, column) = (place / 8, place % 8)
      let other = 8 * (7 - column) + row
      #expect(seen[(3 * place)..<(3 * place + 3)].elementsEqual(stored[(3 * other)..<(3 * other + 3)]))
    }
  }

  @Test func aDamagedFrameIsNamedOrSkipped() throws {
    try write("clip", frames: 4)
    try folder.write(Data("no picture".utf8), to: "clip/f2.bmp")
    #expect(folder.message("format: frames, size: 8").contains("entry \"clip/f2.bmp\": "))
    let skipped = try folder.dataset("format: frames, size: 8, onUndecodable: skip").description
    #expect(skipped.ids.count == 3 && skipped.notes.first?.contains("f2.bmp") == true)
  }
}
