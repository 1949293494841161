import Archive
import Foundation
import IICCore
import Testing

@testable import ImageModality

/// Pixels as Pillow reads them are the measure.
@Suite struct FolderFormatTests {
  let fixture: Fixture
  let archive = Fixture.path("pictures.zip")

  init() throws { fixture = try Fixture() }

  /// How far pixels may be from Pillow's: nothing, but where 16 bits are rounded or coding loses.
  private func tolerance(_ name: String) -> Int {
    switch name.split(separator: "/").last ?? "" {
    case "wide.png", "wide-grey.png", "wide-alpha.png": 1
    case "smooth.jpeg", "grey.jpg": 2
    case "cmyk.jpg": 4
    case "usual.jpg", "lossy.webp": 8
    default: 0
    }
  }

  private func unpack(_ archive: String) throws -> String {
    for (name, bytes) in try Fixture.entries(of: archive) { try fixture.write(bytes, to: "unpacked/\(name)") }
    return fixture.path("unpacked")
  }

  @Test func readsEveryKindOfPicture() throws {
    let dataset = try fixture.dataset(archive, "format: folder")
    #expect(dataset.description.shape == [16, 16, 3] && dataset.labels == nil)
    #expect(dataset.description.parts.isEmpty && dataset.description.notes.isEmpty && dataset.count == 19)
    let expected = try Fixture.expectedPictures()
    for (item, id) in dataset.description.ids.enumerated() {
      let name = String(id.dropFirst("flowers/".count))
      let difference = try dataset.difference(item, from: #require(expected[name]))
      #expect(difference <= tolerance(name), "\(id): \(difference)")
    }
  }

  @Test func readsFoldersAndArchivesAlike() throws {
    let zipped = try fixture.dataset(archive, "format: folder, labels: folder")
    let tarred = try fixture.dataset(Fixture.path("pictures.tar.gz"), "format: folder, labels: folder")
    let folder = try fixture.dataset(unpack("pictures.zip"), "format: folder, labels: folder")
    // An archive's own order; a folder's is that of the names.
    let ids = zipped.description.ids
    #expect(tarred.description.ids == ids.reversed() && folder.description.ids == ids.sorted())
    #expect(tarred.labels == zipped.labels?.reversed())
    for item in folder.description.ids.indices {
      let place = try #require(ids.firstIndex(of: folder.description.ids[item]))
      #expect(try folder.bytes(item) == zipped.bytes(place))
      #expect(folder.labels?[item] == zipped.labels?[place])
    }
  }

  /// torchvision's ImageFolder sorts names by their characters, capitals first.
  @Test func classesAreFoldersInTheOrderOfTheirNames() throws {
    let dataset = try fixture.dataset(archive, "format: folder, labels: folder")
    for (id, label) in zip(dataset.description.ids, dataset.labels ?? []) {
      #expect(label == (id.contains("/Tulip/") ? 0 : id.contains("/lily/") ? 1 : 2), "\(id)")
    }
    #expect(Set(dataset.labels ?? []) == [0, 1, 2])
    let names = try #require(dataset.description.classNames)
    #expect(names.prefix(2) == ["Tulip", "lily"] && names.count == 3)
  }

  @Test func greyIsOneChannel() throws {
    let dataset = try fixture.dataset(archive, "format: folder, channels: grey")
    #expect(dataset.description.shape == [16, 16, 1])
    let item = try #require(dataset.description.ids.firstIndex(of: "flowers/Tulip/grey.PNG"))
    #expect(try dataset.bytes(item) == pixels(0, side: 16, start: 80, channels: 1))
  }

  @Test func partsAreFoldersOfTheirNames() throws {
    let path = Fixture.path("parts.tar")
    let dataset = try fixture.dataset(path, "format: folder, parts: [train, val], labels: folder")
    #expect(dataset.partTexts == ["train 3", "val 2"])
    #expect(
      dataset.description.ids == [
        "set/train/c/2.png", "set/train/a/4.png", "set/train/6.png", "set/val/b/1.png", "set/val/a/3.png",
      ])
    #expect(dataset.labels == [2, 0, -1, 1, 0])
    for (item, start) in [20, 60, 100, 0, 40].enumerated() {
      #expect(try dataset.bytes(item) == pixels(0, side: 16, start: start))
    }
    #expect(try fixture.dataset(path, "format: folder").count == 6)
    let message = fixture.failure(path, "format: folder, parts: [train, test]")
    #expect(message?.hasPrefix("PATH: no entry \"test/*.{png,jpg,jpeg,webp,bmp,gif}\"; found \"set/val") == true)
  }

  @Test func resizesTheShorterSideAndKeepsTheMiddle() throws {
    let dataset = try fixture.dataset(Fixture.path("sizes.zip"), "format: folder, resize: 16")
    let expected = try Fixture.expectedPictures()
    #expect(dataset.description.shape == [16, 16, 3] && dataset.count == 5)
    for (item, id) in dataset.description.ids.enumerated() {
      let difference = try dataset.difference(item, from: #require(expected["resized/\(id)"]))
      // The filters of two libraries: FFmpeg here, Pillow there.
      #expect(difference <= (id == "same.png" ? 0 : 4), "\(id): \(difference)")
    }
  }

  @Test func sizesThatDiffer() throws {
    #expect(
      fixture.failure(Fixture.path("sizes.zip"), "format: folder")
        == "PATH, entry \"high.png\": found 33 x 48 pixels; expected 49 x 32 as in \"wide.png\"; data.resize brings "
        + "pictures of several sizes to one")
  }

  @Test func onePictureIsASource() throws {
    let bytes = try #require(try Fixture.entries(of: "pictures.zip")["flowers/rose/1.png"])
    try fixture.write(bytes, to: "one.png")
    let dataset = try fixture.dataset(fixture.path("one.png"), "format: folder")
    #expect(dataset.description.ids == ["one.png"])
    #expect(try dataset.bytes(0) == pixels(0, side: 16, start: 0))
  }

  @Test func whatIsNoPictureByName() throws {
    let path = try unpack("pictures.zip")
    let before = try fixture.dataset(path, "format: folder")
    try fixture.write([1, 2, 3], to: "unpacked/notes.md")
    try fixture.write([1, 2, 3], to: "unpacked/flowers/a.tif")
    try fixture.write([1, 2, 3], to: "unpacked/flowers/b.HEIC")
    let after = try fixture.dataset(path, "format: folder, onUndecodable: skip")
    #expect(after.description.ids == before.description.ids)
    #expect(after.description.contentHash == before.description.contentHash)
    #expect(
      after.description.notes == [
        "data: left out pictures of kinds that are not read: 2: \"flowers/a.tif\"; \"flowers/b.HEIC\""
      ])
    try fixture.write([1], to: "other/notes.md")
    #expect(
      fixture.failure(fixture.path("other"), "format: folder")
        == "PATH: no entry \"*.{png,jpg,jpeg,webp,bmp,gif}\"; found \"notes.md\"")
  }

  @Test(
    arguments: [
      ("format: folder, parts: []", "data.parts: found an empty list; expected names of folders"),
      ("format: folder, parts: [a, a]", "data.parts: found a part twice"),
      ("format: folder, labels: cls", "data.labels: found \"cls\"; expected one of none, folder"),
      ("format: folder, channels: rgba", "data.channels: found \"rgba\"; expected one of grey, rgb"),
      ("format: folder, resize: 4", "data.resize: found \"4\"; expected a whole number from 8 to 1024"),
      ("format: folder, onUndecodable: ignore", "expected one of fail, skip"),
      (
        "format: folder, images: a",
        "data.images: unknown key; allowed: source, limits, format, parts, labels, channels"
      ),
    ])
  func refuses(_ data: String, _ message: String) throws {
    let found = try #require(fixture.failure(archive, data))
    #expect(found.contains(message), "\(found)")
  }

  @Test func oneSourceOnly() {
    let message = fixture.failure([archive, archive], "format: folder")
    #expect(message?.hasSuffix("data.source: found 2 paths; expected one, since format is folder") == true)
    #expect(
      fixture.failure([], "format: folder")?.hasSuffix("data.source: found an empty list; expected a path") == true)
  }
}
