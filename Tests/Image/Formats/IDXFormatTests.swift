import Archive
import Foundation
import IICCore
import Testing

@Suite struct IDXFormatTests {
  let fixture: Fixture

  init() throws {
    fixture = try Fixture()
    try fixture.write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + Array(0..<12), to: "data/one")
    try fixture.write(
      [0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1] + Array(20..<26), to: "data/two")
    try fixture.write([0, 0, 8, 1, 0, 0, 0, 2, 7, 5], to: "data/one-labels")
    try fixture.write([0, 0, 8, 1, 0, 0, 0, 1, 3], to: "data/two-labels")
  }

  @Test func joinsFiles() throws {
    let dataset = try fixture.dataset(
      fixture.path("data"), "format: idx, images: [one, two], labels: [one-labels, two-labels]")
    #expect(dataset.description.shape == [2, 3, 1] && dataset.labels == [7, 5, 3])
    #expect(dataset.description.ids == ["one:0", "one:1", "two:0"] && dataset.partTexts == ["one 2", "two 1"])
    #expect(try dataset.bytes(1) == Array(6..<12) && dataset.bytes(2) == Array(20..<26))
  }

  @Test func oneFileHasPlainIdsAndNoParts() throws {
    let dataset = try fixture.dataset(fixture.path("data"), "images: one")
    #expect(dataset.description.ids == ["0", "1"] && dataset.labels == nil && dataset.description.parts.isEmpty)
  }

  @Test func mistakes() throws {
    let path = fixture.path("data")
    #expect(
      fixture.failure(path, "images: one, labels: two-labels")?.contains("found 1 labels; expected 2") == true)
    #expect(
      fixture.failure(path, "images: one-labels")?.contains("found an array of shape [2]; expected images") == true)
    #expect(fixture.failure(path, "images: one, parts: train")?.contains("unknown key") == true)
    #expect(fixture.failure(path, "format: idx")?.contains("data.images: missing") == true)
    #expect(
      fixture.failure(path, "format: jpg, images: one")?.contains("expected one of idx, stl10, cifar10") == true)
  }

  /// Whatever the order in the archive, images come in the manifest's. Entries may be compressed once more.
  @Test func readsAnArchiveInTheManifestsOrder() throws {
    func content(_ name: String) throws -> [UInt8] {
      try [UInt8](Data(contentsOf: fixture.folder.appending(path: "data/\(name)")))
    }
    let path = try fixture.tar(
      [
        ("two-labels", content("two-labels")), ("./two.gz", gzipStored(content("two"))), ("one", content("one")),
        ("one-labels", content("one-labels")),
      ], to: "data.tar")
    let dataset = try fixture.dataset(
      path, "format: idx, images: [one, two], labels: [one-labels, two-labels]")
    let expected = try fixture.dataset(
      fixture.path("data"), "format: idx, images: [one, two], labels: [one-labels, two-labels]")
    #expect(dataset.labels == [7, 5, 3] && dataset.description.ids == expected.description.ids)
    for item in 0..<3 { #expect(try dataset.bytes(item) == expected.bytes(item)) }
    #expect(try dataset.bytes(0) == Array(0..<6) && dataset.bytes(2) == Array(20..<26))
  }

  /// More than is in memory at a time, and neither a multiple of it.
  @Test func readsAnArrayOfSeveralPieces() throws {
    let (count, size) = (9001, 1000)
    var bytes: [UInt8] = [0, 0, 8, 3, 0, 0, UInt8(count >> 8), UInt8(count & 255)]
    bytes += [0, 0, 0, 10, 0, 0, 0, 100]
    bytes.reserveCapacity(16 + count * size)
    for item in 0..<count { bytes += repeatElement(UInt8(item % 251), count: size) }
    try fixture.write(bytes, to: "large/images")
    let path = fixture.path("large")
    let dataset = try fixture.dataset(path, "images: images")
    #expect(dataset.count == count && dataset.description.shape == [10, 100, 1])
    for item in [0, 1, 8388, 8389, 9000] {
      #expect(try dataset.bytes(item) == [UInt8](repeating: UInt8(item % 251), count: size))
    }
    try fixture.write(bytes.dropLast(), to: "large/images")
    #expect(
      fixture.failure(path, "images: images")
        == "PATH, entry \"images\": IDX: found 9000999 elements; expected 9001000 for dimensions 9001 x 10 x 100")
    try fixture.write(bytes + [1], to: "large/images")
    #expect(fixture.failure(path, "images: images")?.contains("found more than 9001000 elements") == true)
  }

  @Test func channelsBeforeTheHeightAreRefused() throws {
    let header: [UInt8] = [0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 6, 0, 0, 0, 6]
    try fixture.write(header + [UInt8](repeating: 1, count: 108), to: "data/bad")
    #expect(
      fixture.failure(fixture.path("data"), "images: bad")
        == "PATH, entry \"bad\": found an array of shape [1, 3, 6, 6], 6 channels; expected images [n, H, W, C], the "
        + "channels last and at most 5")
  }

  /// The array is whole; what is changed behind it only the checksum at the archive's end tells.
  @Test func aByteChangedBehindTheArray() throws {
    let images = try [UInt8](Data(contentsOf: fixture.folder.appending(path: "data/one")))
    let tar = try fixture.tar([("one", images), ("other", [UInt8](repeating: 7, count: 100_000))], to: "s.tar")
    var packed = gzipStored(try [UInt8](Data(contentsOf: URL(filePath: tar))))
    try fixture.write(packed, to: "s.tar.gz")
    #expect(fixture.failure(fixture.path("s.tar.gz"), "images: one") == nil)
    packed[packed.count - 20_000] ^= 1
    try fixture.write(packed, to: "s.tar.gz")
    #expect(fixture.failure(fixture.path("s.tar.gz"), "images: one")?.contains("incorrect data check") == true)
  }
}
