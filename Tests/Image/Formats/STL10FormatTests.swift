import Archive
import Foundation
import IICCore
import Testing

@Suite struct STL10FormatTests {
  let fixture: Fixture
  let archive = Fixture.path("stl10_binary.tar.gz")

  init() throws { fixture = try Fixture() }

  @Test func readsEveryPixelOfEveryPart() throws {
    let dataset = try fixture.dataset(archive, "format: stl10")
    #expect(dataset.description.shape == [96, 96, 3] && dataset.description.element == .uint8)
    #expect(dataset.partTexts == ["test 2", "train 3", "unlabeled 4"])
    #expect(
      dataset.description.ids == [
        "test:0", "test:1", "train:0", "train:1", "train:2", "unlabeled:0", "unlabeled:1", "unlabeled:2",
        "unlabeled:3",
      ])
    #expect(dataset.labels == [6, 9, 0, 9, 3, -1, -1, -1, -1])
    #expect([6, 9, 0, -1].map(dataset.description.className) == ["horse", "truck", "airplane", ""])
    let starts = [(50, 0..<2), (0, 2..<5), (100, 5..<9)]
    for (start, range) in starts {
      for item in range {
        #expect(try dataset.bytes(item) == pixels(item - range.lowerBound, side: 96, start: start), "\(item)")
      }
    }
  }

  @Test func readsTheChosenPartsOnly() throws {
    let dataset = try fixture.dataset(archive, "format: stl10, parts: [train, test]")
    #expect(dataset.partTexts == ["test 2", "train 3"])
    #expect(dataset.labels == [6, 9, 0, 9, 3])
    let distractors = try fixture.dataset(archive, "format: stl10, parts: unlabeled")
    #expect(distractors.partTexts == ["unlabeled 4"] && distractors.labels == [-1, -1, -1, -1])
    #expect(try distractors.bytes(3) == pixels(3, side: 96, start: 100))
  }

  @Test func readsAFolderAndIgnoresOtherFiles() throws {
    let entries = try Fixture.entries(of: "stl10_binary.tar.gz")
    for (name, bytes) in entries where !name.contains("unlabeled") {
      try fixture.write(bytes, to: "folder/\(name)")
    }
    try fixture.write([1], to: "folder/notes.txt")
    let dataset = try fixture.dataset(fixture.path("folder"), "format: stl10")
    #expect(dataset.partTexts == ["test 2", "train 3"] && dataset.labels == [6, 9, 0, 9, 3])
    #expect(try dataset.bytes(4) == pixels(2, side: 96, start: 0))
    // The content of the data is that of the files that are read.
    try fixture.write([2], to: "folder/notes.txt")
    let again = try fixture.dataset(fixture.path("folder"), "format: stl10")
    #expect(again.description.contentHash == dataset.description.contentHash)
  }

  /// A folder of the archive's files of which one is replaced, or left out if `bytes` is nil.
  private func folder(replacing name: String, by bytes: [UInt8]?) throws -> String {
    for (entry, content) in try Fixture.entries(of: "stl10_binary.tar.gz") {
      let url = fixture.folder.appending(path: "source/\(entry)")
      try? FileManager.default.removeItem(at: url)
      if entry.hasSuffix(name) {
        if let bytes { try fixture.write(bytes, to: "source/\(entry)") }
      } else {
        try fixture.write(content, to: "source/\(entry)")
      }
    }
    return fixture.path("source")
  }

  @Test func sizesAndLabelsThatAreWrong() throws {
    let image = [UInt8](repeating: 0, count: 27648)
    var path = try folder(replacing: "train_X.bin", by: image + image.dropLast())
    #expect(
      fixture.failure(path, "format: stl10")
        == "PATH, entry \"stl10_binary/train_X.bin\": found 55295 bytes; expected a multiple of 27648, the bytes of an "
        + "image")
    path = try folder(replacing: "train_X.bin", by: [])
    #expect(fixture.failure(path, "format: stl10")?.contains("found 0 bytes; expected a multiple of 27648") == true)
    path = try folder(replacing: "train_X.bin", by: image + image)
    #expect(
      fixture.failure(path, "format: stl10")
        == "PATH, entry \"train_y.bin\": found 3 labels; expected 2, one for each image of train_X.bin")
    for (labels, found) in [([1, 0, 3], 0), ([1, 11, 3], 11)] as [([UInt8], Int)] {
      path = try folder(replacing: "train_y.bin", by: labels)
      #expect(
        fixture.failure(path, "format: stl10")
          == "PATH, entry \"train_y.bin\": label 1, counted from 0: found \(found); expected 1 to 10")
    }
  }

  @Test func partsThatAreMissing() throws {
    var path = try folder(replacing: "unlabeled_X.bin", by: nil)
    #expect(try fixture.dataset(path, "format: stl10").partTexts == ["test 2", "train 3"])
    let message = fixture.failure(path, "format: stl10, parts: [train, unlabeled]")
    #expect(
      message?.hasPrefix("PATH: no entry \"unlabeled_X.bin\"; found \"stl10_binary/") == true, "\(message ?? "")")
    path = try folder(replacing: "test_y.bin", by: nil)
    #expect(fixture.failure(path, "format: stl10")?.hasPrefix("PATH: no entry \"test_y.bin\"; found") == true)
    #expect(fixture.failure(path, "format: stl10, parts: train") == nil)
    let other = Fixture.path("cifar-10-binary.tar.gz")
    #expect(
      fixture.failure(other, "format: stl10")?.hasPrefix("PATH: no entry \"train_X.bin\"; found \"cifar") == true)
  }

  @Test func aFileFoundTwice() throws {
    _ = try folder(replacing: "nothing", by: nil)
    try fixture.write(
      Fixture.entries(of: "stl10_binary.tar.gz")["stl10_binary/train_X.bin"] ?? [], to: "source/train_X.bin")
    #expect(
      fixture.failure(fixture.path("source"), "format: stl10")
        == "PATH, entry \"train_X.bin\": found twice; expected once")
  }

  @Test func parts() throws {
    #expect(
      fixture.failure(archive, "format: stl10, parts: [train, valid]")?.contains(
        "data.parts: found \"valid\"; expected some of train, test, unlabeled") == true)
    #expect(
      fixture.failure(archive, "format: stl10, parts: []")?.contains("data.parts: found an empty list") == true)
    #expect(fixture.failure(archive, "format: stl10, parts: [test, test]")?.contains("found a part twice") == true)
    #expect(
      fixture.failure(archive, "format: stl10, images: a")?.contains(
        "data.images: unknown key; allowed: source, limits, names, links, format, parts") == true)
  }

  /// An archive cut at any place, or with a byte changed in its compressed data, is refused: its checksum is another.
  @Test func damagedArchives() throws {
    let whole = try [UInt8](Data(contentsOf: URL(filePath: archive)))
    #expect(try fixture.dataset(archive, "format: stl10").count == 9)
    for cut in stride(from: 20, to: whole.count, by: whole.count / 23) {
      try fixture.write(whole[..<cut], to: "cut.tar.gz")
      let message = fixture.failure(fixture.path("cut.tar.gz"), "format: stl10")
      #expect(
        message?.hasPrefix("PATH") == true && message?.contains("\n") == false, "\(cut): \(message ?? "none")")
    }
    for place in stride(from: 30, to: whole.count - 8, by: whole.count / 23) {
      var bytes = whole
      bytes[place] ^= 0x55
      try fixture.write(bytes, to: "flipped.tar.gz")
      let message = fixture.failure(fixture.path("flipped.tar.gz"), "format: stl10")
      #expect(
        message?.hasPrefix("PATH") == true && message?.contains("\n") == false, "\(place): \(message ?? "none")")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: fixture.path("cache"))
    #expect(!left.contains { $0.contains(".building-") })
  }

  /// A byte of the last entry that inflates all the same: only the checksum behind it tells, also where reading could
  /// stop before.
  @Test(arguments: ["", ", parts: [train, test]", ", parts: unlabeled"])
  func aByteChangedLateInTheArchive(_ parts: String) throws {
    let files = try Fixture.entries(of: "stl10_binary.tar.gz")
    let entries = files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    try #require(entries.last?.0 == "stl10_binary/unlabeled_X.bin")
    let tar = try fixture.tar(entries, to: "whole.tar")
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: tar)))
    var packed = gzipStored(bytes)
    try fixture.write(packed, to: "packed.tar.gz")
    let path = fixture.path("packed.tar.gz")
    #expect(fixture.failure(path, "format: stl10\(parts)") == nil)
    packed[packed.count - 20_000] ^= 1
    try fixture.write(packed, to: "changed.tar.gz")
    let changed = fixture.path("changed.tar.gz")
    #expect(
      fixture.failure(changed, "format: stl10\(parts)")?.contains("the gzip data is damaged: incorrect data check")
        == true)
    // Nothing was kept that a second run would take for whole.
    #expect(fixture.failure(changed, "format: stl10\(parts)") != nil)
  }
}
