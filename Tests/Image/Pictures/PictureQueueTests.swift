import Archive
import Foundation
import IICCore
import Testing

@testable import ImageModality

/// Pictures that are damaged, or not what their names say, among good ones.
@Suite struct PictureQueueTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture() }

  private func picture(_ name: String) throws -> [UInt8] {
    try #require(try Fixture.entries(of: "pictures.zip")["flowers/\(name)"])
  }

  /// A bitmap of one colour, 24 bits a pixel, whose header may claim another size.
  private func bitmap(_ color: [UInt8], width: Int, height: Int, claiming claim: (Int, Int)? = nil) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
    let row = (0..<width).flatMap { _ in color.reversed() }
    let rows = row + [UInt8](repeating: 0, count: (4 - row.count % 4) % 4)
    let data = (0..<height).flatMap { _ in rows }
    let size = claim ?? (width, height)
    return Array("BM".utf8) + little(54 + data.count, 4) + little(0, 4) + little(54, 4) + little(40, 4)
      + little(size.0, 4) + little(size.1, 4) + little(1, 2) + little(24, 2) + little(0, 4) + little(data.count, 4)
      + little(0, 16) + data
  }

  /// Large and small pictures take turns, so that many of them are done before those handed over first.
  @Test func samplesAreInTheOrderOfTheirPictures() throws {
    let count = 300
    var entries: [(String, [UInt8])] = []
    for item in 0..<count {
      let side = item % 7 == 0 ? 256 : 9
      let color = [UInt8(item & 255), UInt8(item >> 8), 7]
      entries.append(("\(item).bmp", bitmap(color, width: side, height: side)))
    }
    let path = try fixture.tar(entries, to: "many.tar")
    let dataset = try fixture.dataset(path, "format: folder, resize: 8")
    #expect(dataset.description.ids == (0..<count).map { "\($0).bmp" } && dataset.description.shape == [8, 8, 3])
    for item in 0..<count {
      let bytes = try dataset.bytes(item)
      try #require(bytes.count == 192)
      #expect(bytes[0] == UInt8(item & 255) && bytes[1] == UInt8(item >> 8) && bytes[191] == 7, "\(item)")
    }
  }

  /// What each bad entry holds, and what is said of it.
  private func bad() throws -> [(name: String, bytes: [UInt8], message: String)] {
    let jpeg = try picture("lily/usual.jpg")
    let png = try picture("rose/1.png")
    return [
      ("empty.png", [], "found no data"),
      (
        "text.jpg", Array("no picture at all, but some text".utf8),
        "cannot be read; expected PNG, JPEG, WebP, BMP or GIF"
      ),
      ("cut.jpg", Array(jpeg.prefix(jpeg.count - 60)), "damaged or cut short"),
      ("cut.png", Array(png.prefix(png.count / 2)), "damaged or cut short"),
      ("huge.bmp", bitmap([1, 2, 3], width: 4, height: 4, claiming: (60000, 60000)), ""),
      ("sound.gif", Array("RIFF....WAVEfmt ".utf8), "cannot be read"),
    ]
  }

  @Test func aPictureThatDoesNotDecodeIsNamed() throws {
    let good = try picture("rose/1.png")
    for (name, bytes, message) in try bad() {
      let path = try fixture.tar([("a.png", good), (name, bytes), ("b.png", good)], to: "s.tar")
      let found = try #require(fixture.failure(path, "format: folder"))
      #expect(found.hasPrefix("PATH, entry \"\(name)\": "), "\(found)")
      #expect(message.isEmpty || found.contains(message), "\(found)")
      #expect(found.hasSuffix("; data.onUndecodable: skip leaves such pictures out"), "\(found)")
      #expect(!found.contains("\n"))
    }
  }

  @Test func picturesThatDoNotDecodeAreLeftOutAndCounted() throws {
    let good = try picture("rose/1.png")
    let bad = try bad()
    let entries = bad.map { ($0.name, $0.bytes) }
    let path = try fixture.tar(
      [("x/1.png", good)] + entries.map { ("x/\($0.0)", $0.1) } + [("y/2.png", try picture("rose/2.webp"))],
      to: "s.tar")
    let dataset = try fixture.dataset(path, "format: folder, labels: folder, onUndecodable: skip")
    #expect(dataset.description.ids == ["x/1.png", "y/2.png"] && dataset.labels == [0, 1])
    #expect(try dataset.bytes(1) == pixels(0, side: 16, start: 20))
    let notes = dataset.description.notes
    #expect(notes.first == "data: left out pictures that do not decode, found no data: 1: \"s.tar: x/empty.png\"")
    for (name, _, message) in bad {
      let note = try #require(notes.first { $0.contains("\"s.tar: x/\(name)\"") })
      #expect(note.hasPrefix("data: left out pictures that do not decode, ") && !note.contains("\n"), "\(note)")
      #expect(message.isEmpty || note.contains(message), "\(note)")
    }
    let shard = try fixture.tar(
      [("1.png", good), ("2.png", []), ("2.cls", [49]), ("3.png", good), ("3.cls", [50])], to: "shard.tar")
    let samples = try fixture.dataset(shard, "format: webdataset, onUndecodable: skip")
    #expect(samples.description.ids == ["1", "3"] && samples.labels == [-1, 2])
    let none = try fixture.tar([("1.png", []), ("2.png", [])], to: "none.tar")
    let message = fixture.failure(none, "format: folder, onUndecodable: skip")
    #expect(
      message
        == "PATH: found no picture that can be used; data: left out pictures that do not decode, found no data: 2: "
        + "\"none.tar: 1.png\"; \"none.tar: 2.png\"")
  }

  @Test func ofMoreThanTwentyTheFirstAreNamed() throws {
    let entries = [("good.png", try picture("rose/1.png"))] + (10..<35).map { ("\($0).png", []) }
    let path = try fixture.tar(entries, to: "s.tar")
    let dataset = try fixture.dataset(path, "format: folder, onUndecodable: skip")
    let names = (10..<30).map { "\"s.tar: \($0).png\"" }.joined(separator: "; ")
    #expect(
      dataset.description.notes
        == ["data: left out pictures that do not decode, found no data: 25, the first 20: \(names)"])
    #expect(dataset.count == 1)
  }

  /// Content counts, not the name.
  @Test func aPictureUnderAnotherKindsName() throws {
    let path = try fixture.tar([("a.jpg", picture("rose/1.png"))], to: "s.tar")
    #expect(try fixture.dataset(path, "format: folder").bytes(0) == pixels(0, side: 16, start: 0))
  }

  @Test func anEntryFoundTwice() throws {
    let one = try picture("rose/1.png")
    let path = try fixture.tar([("a.png", one), ("./a.png", one)], to: "s.tar")
    #expect(fixture.failure(path, "format: folder") == "PATH, entry \"./a.png\": found twice; expected once")
  }

  @Test func aFolderWithoutClasses() throws {
    let one = try picture("rose/1.png")
    let path = try fixture.tar([("x/a.png", one), ("x/b.png", one)], to: "s.tar")
    #expect(
      fixture.failure(path, "format: folder, labels: folder")
        == "data.labels: folder finds no classes: \"x/a.png\" and all others lie in one folder; expected a folder for "
        + "each class, or labels: none")
    #expect(try fixture.dataset(path, "format: folder").labels == nil)
  }

  @Test func aPictureMuchLongerThanWide() throws {
    let path = try fixture.tar([("a.bmp", bitmap([1, 2, 3], width: 2000, height: 4))], to: "s.tar")
    let message = fixture.failure(path, "format: folder, resize: 64")
    #expect(message?.contains("found 2000 x 4 pixels; expected a side at most 32 times the other") == true)
    #expect(try fixture.dataset(path, "format: folder").description.shape == [4, 2000, 3])
  }

  /// Damage may be noticed or not; an archive with it never ends the process, and what is read is whole.
  @Test func damagedArchives() throws {
    let whole = try [UInt8](Data(contentsOf: URL(filePath: Fixture.path("pictures.tar.gz"))))
    for cut in stride(from: 20, to: whole.count, by: whole.count / 11) {
      try fixture.write(whole[..<cut], to: "cut.tar.gz")
      let message = fixture.failure(fixture.path("cut.tar.gz"), "format: folder, onUndecodable: skip")
      #expect(
        message?.hasPrefix("PATH") == true && message?.contains("\n") == false, "\(cut): \(message ?? "none")")
    }
  }
}
