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
    #expect(dataset.description.parts.isEmpty && dataset.count == 19)
    #expect(
      dataset.description.notes == [
        "data: left out files, no pictures by their suffixes: 2: \"flowers/README.txt\"; \"flowers/labels.csv\"",
        "data: left out entries, hidden, or kept by a system for itself: 3: \"flowers/rose/.DS_Store\"; "
          + "\"flowers/rose/._1.png\"; \"__MACOSX/flowers/rose/._1.png\"",
      ])
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
    let labels = try #require(zipped.labels)
    #expect(labels.count == 19 && tarred.labels == labels.reversed())
    for item in folder.description.ids.indices {
      let place = try #require(ids.firstIndex(of: folder.description.ids[item]))
      #expect(try folder.bytes(item) == zipped.bytes(place))
      #expect(folder.labels?[item] == labels[place])
    }
  }

  /// torchvision's ImageFolder sorts names by their characters, capitals first.
  @Test func classesAreFoldersInTheOrderOfTheirNames() throws {
    let dataset = try fixture.dataset(archive, "format: folder, labels: folder")
    let labels = try #require(dataset.labels)
    for (id, label) in zip(dataset.description.ids, labels) {
      #expect(label == (id.contains("/Tulip/") ? 0 : id.contains("/lily/") ? 1 : 2), "\(id)")
    }
    #expect(labels.count == 19 && Set(labels) == [0, 1, 2])
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
    #expect(message?.hasPrefix("PATH: no entry \"test/*.{png,apng,jpg,") == true)
    #expect(message?.contains("}\"; found \"set/val") == true)
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

  /// A JPEG with an Exif block that says how it is turned.
  private func turned(_ number: UInt8) throws -> [UInt8] {
    let whole = try #require(try Fixture.entries(of: "pictures.zip")["flowers/lily/smooth.jpeg"])
    let exif: [UInt8] =
      Array("Exif\0\0MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, number, 0, 0, 0, 0, 0, 0]
    return Array(whole[..<2]) + [0xFF, 0xE1, 0, UInt8(exif.count + 2)] + exif + whole[2...]
  }

  /// A turned picture is stored with its columns as rows: row r, column c of it are row 15 - c, column r. The two
  /// readings are other data, each with a place of its own in the cache.
  @Test func picturesAreTurnedAsTheySayUnlessTheyAreLeft() throws {
    let tar = try fixture.tar([("1.jpg", turned(6)), ("2.jpg", turned(1))], to: "turned.tar")
    for format in ["format: folder", "format: webdataset, labels: none"] {
      let followed = try fixture.dataset(tar, format)
      let ignored = try fixture.dataset(tar, "\(format), orientation: ignore")
      #expect(try fixture.dataset(tar, "\(format), orientation: follow").bytes(0) == followed.bytes(0))
      let stored = try ignored.bytes(0)
      #expect(try stored == ignored.bytes(1) && stored == followed.bytes(1))
      let seen = try followed.bytes(0)
      try #require(seen.count == 16 * 16 * 3 && seen != stored)
      for row in 0..<16 {
        for column in 0..<16 {
          for channel in 0..<3 {
            #expect(seen[(16 * row + column) * 3 + channel] == stored[(16 * (15 - column) + row) * 3 + channel])
          }
        }
      }
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
    let notes = [
      "data: left out files, no pictures by their suffixes: 3: \"flowers/README.txt\"; \"flowers/labels.csv\"; "
        + "\"notes.md\"",
      "data: left out files, pictures of kinds that are not read: 2: \"flowers/a.tif\"; \"flowers/b.HEIC\"",
    ]
    #expect(after.description.notes == notes)
    // Files that are not read are in no hash, and yet they are said of samples that were kept before they came.
    let kept = try fixture.dataset(path, "format: folder")
    #expect(kept.description.contentHash == before.description.contentHash && kept.description.notes == notes)
    try fixture.write([1], to: "other/notes.md")
    #expect(
      fixture.failure(fixture.path("other"), "format: folder")
        == "PATH: no entry \"*.{png,apng,jpg,jpeg,jpe,jfif,jif,jfi,pjpeg,pjp,webp,bmp,dib,gif}\"; found \"notes.md\""
    )
  }

  /// Browsers and systems call JPEG many names.
  @Test(arguments: ["folder", "webdataset"]) func suffixesOfPicturesInAnyCase(_ format: String) throws {
    let entries = try Fixture.entries(of: "pictures.zip")
    let jpeg = try #require(entries["flowers/lily/usual.jpg"])
    let names = ["0.jpg", "1.jpeg", "2.jfif", "3.JFIF", "4.jpe", "5.Jpe", "6.JPG", "7.JPEG", "8.pjpeg", "9.jif"]
    let path = try fixture.tar(names.map { ($0, jpeg) }, to: "s.tar")
    let dataset = try fixture.dataset(path, "format: \(format)")
    #expect(dataset.description.ids == names.map { format == "folder" ? $0 : String($0.prefix(1)) })
    #expect(dataset.description.notes.isEmpty)
    for item in 1..<names.count { #expect(try dataset.bytes(item) == dataset.bytes(0)) }
  }

  @Test func linksInAFolder() throws {
    let picture = try #require(try Fixture.entries(of: "pictures.zip")["flowers/rose/1.png"])
    for name in ["set/all/cat/1.png", "set/all/dog/2.png", "elsewhere/owl/3.png"] {
      try fixture.write(picture, to: name)
    }
    let links = FileManager.default
    try links.createDirectory(atPath: fixture.path("set/train"), withIntermediateDirectories: true)
    for name in ["cat", "dog"] {
      try links.createSymbolicLink(atPath: fixture.path("set/train/\(name)"), withDestinationPath: "../all/\(name)")
    }
    let path = fixture.path("set")
    let data = "format: folder, parts: [train], labels: folder"
    let dataset = try fixture.dataset(path, data)
    #expect(dataset.description.ids == ["train/cat/1.png", "train/dog/2.png"] && dataset.labels == [0, 1])
    #expect(dataset.description.notes.isEmpty)
    // The same samples, but not the same notes.
    try links.createSymbolicLink(atPath: fixture.path("set/train/owl"), withDestinationPath: "../../elsewhere/owl")
    let again = try fixture.dataset(path, data)
    #expect(again.description.ids == dataset.description.ids)
    #expect(
      again.description.notes == [
        "data: left out entries, symbolic links that lead out of the folder (links: anywhere follows them): 1: "
          + "\"train/owl\""
      ])
    let all = try fixture.dataset(path, data + ", links: anywhere")
    #expect(all.description.ids.last == "train/owl/3.png" && all.labels == [0, 1, 2])
    #expect(all.description.notes.isEmpty)
  }

  @Test(
    arguments: [
      ("format: folder, parts: []", "data.parts: found an empty list; expected names of folders"),
      ("format: folder, parts: [a, a]", "data.parts: found a part twice"),
      ("format: folder, labels: cls", "data.labels: found \"cls\"; expected one of none, folder"),
      ("format: folder, channels: rgba", "data.channels: found \"rgba\"; expected one of grey, rgb"),
      ("format: folder, resize: 4", "data.resize: found \"4\"; expected a whole number from 8 to 1024"),
      ("format: folder, onUndecodable: ignore", "expected one of fail, skip"),
      ("format: folder, orientation: turn", "data.orientation: found \"turn\"; expected one of follow, ignore"),
      (
        "format: folder, images: a",
        "data.images: unknown key; allowed: source, limits, names, links, format, parts"
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
