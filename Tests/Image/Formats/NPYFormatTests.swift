import Archive
import Foundation
import IICCore
import Testing

@Suite struct NPYFormatTests {
  let fixture: Fixture
  let archive = Fixture.path("arrays.npz")

  init() throws { fixture = try Fixture() }

  @Test(arguments: ["colour", "colour.npy", "floats", "doubles", "columns"])
  func readsBytesAndNumbersInAnyOrder(_ name: String) throws {
    let dataset = try fixture.dataset(archive, "format: npy, images: \(name), labels: labels")
    #expect(dataset.description.shape == [8, 8, 3] && dataset.description.ids == ["0", "1", "2", "3", "4"])
    #expect(dataset.labels == [4, -1, 0, 1, 2] && dataset.description.parts.isEmpty)
    for item in 0..<5 { #expect(try dataset.bytes(item) == pixels(item, side: 8, start: 3)) }
  }

  @Test func labelsMayBeWholeNumbersOfAnyType() throws {
    #expect(try fixture.dataset(archive, "format: npy, images: colour, labels: real").labels == [1, 1, 1, 1, 1])
  }

  @Test func joinsArrays() throws {
    let dataset = try fixture.dataset(
      archive, "format: npy, images: [more, colour], labels: [more_labels, labels]")
    #expect(dataset.partTexts == ["more 2", "colour 5"] && dataset.labels == [3, 3, 4, -1, 0, 1, 2])
    #expect(dataset.description.ids.prefix(3) == ["more:0", "more:1", "colour:0"])
    #expect(try dataset.bytes(1) == pixels(1, side: 8, start: 77))
    #expect(try dataset.bytes(6) == pixels(4, side: 8, start: 3))
  }

  @Test func readsGreyImagesWithoutLabels() throws {
    let dataset = try fixture.dataset(archive, "format: npy, images: grey")
    #expect(dataset.description.shape == [8, 8, 1] && dataset.labels == nil)
    #expect(try dataset.bytes(5) == pixels(5, side: 8, start: 9, channels: 1))
  }

  @Test func readsAFileByItself() throws {
    let entry = try #require(try Fixture.entries(of: "arrays.npz")["colour.npy"])
    try fixture.write(entry, to: "colour.npy")
    let dataset = try fixture.dataset(fixture.path("colour.npy"), "format: npy, images: colour")
    #expect(try dataset.bytes(2) == pixels(2, side: 8, start: 3))
    try fixture.write(entry + [0], to: "colour.npy")
    #expect(
      fixture.failure(fixture.path("colour.npy"), "format: npy, images: colour")
        == "PATH, entry \"colour.npy\": NPY: found bytes after the last element")
    try fixture.write(entry.dropLast(), to: "colour.npy")
    #expect(
      fixture.failure(fixture.path("colour.npy"), "format: npy, images: colour")
        == "PATH, entry \"colour.npy\": NPY: the elements end early; expected 960 bytes for shape [5, 8, 8, 3]")
  }

  @Test func aHeaderOfImagesBeyondMemoryIsRefused() throws {
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2147483648, 2147483648), }\n"
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0]
    try fixture.write(start + Array(text.utf8) + [1, 2, 3], to: "large.npy")
    #expect(
      fixture.failure(fixture.path("large.npy"), "format: npy, images: large")
        == "PATH, entry \"large.npy\": NPY: found images of 4611686018427387904 bytes; allowed are 268435456")
  }

  @Test(
    arguments: [
      ("images: absent", "PATH: no entry \"absent\"; found \"colour.npy\", \"labels.npy\""),
      ("images: colour, labels: absent", "PATH: no entry \"absent\"; found"),
      ("images: labels", "found an array of shape [5]; expected images [n, H, W] or [n, H, W, C]"),
      ("images: integers", "found elements of type i4; expected u1, or f2, f4 or f8 from 0 to 1"),
      ("images: large", "image 0, counted from 0: found 3.0; expected values from 0 to 1"),
      ("images: [colour, wide]", "found images of [9, 9, 3]; expected [8, 8, 3] as in colour"),
      (
        "images: colour, labels: many",
        "found an array of shape [6]; expected [5], one label for each image of colour"
      ),
      (
        "images: colour, labels: negative",
        "label 2, counted from 0: found -2; expected a whole number from 0, or -1"
      ),
      ("images: colour, labels: floats", "found an array of shape [5, 8, 8, 3]; expected [5]"),
      ("images: [colour, more], labels: labels", "data.labels: found 1 entries; expected 2"),
      ("images: [colour, colour]", "data.images: found an entry twice"),
      ("images: []", "data.images: found an empty list"),
    ])
  func refuses(_ data: String, _ message: String) throws {
    let found = try #require(fixture.failure(archive, "format: npy, \(data)"))
    #expect(found.contains(message), "\(found)")
  }

  /// An array of bytes as NumPy writes it.
  private func array(_ shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(sizes)), }\n"
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0]
    return start + Array(text.utf8) + (0..<shape.reduce(1, *)).map { UInt8($0 % 256) }
  }

  /// PyTorch's order, in which the width would be taken for channels.
  @Test(arguments: [[2, 3, 8, 8], [2, 1, 8, 6], [4, 8, 8, 64]])
  func channelsBeforeTheHeightAreRefused(_ shape: [Int]) throws {
    try fixture.write(array(shape), to: "images.npy")
    #expect(
      fixture.failure(fixture.path("images.npy"), "format: npy, images: images")
        == "PATH, entry \"images.npy\": found an array of shape \(shape), \(shape[3]) channels; expected images "
        + "[n, H, W, C], the channels last and at most 5")
  }

  @Test(arguments: [1, 2, 3, 4, 5]) func readsUpToFiveChannels(_ channels: Int) throws {
    try fixture.write(array([2, 4, 6, channels]), to: "images.npy")
    let dataset = try fixture.dataset(fixture.path("images.npy"), "format: npy, images: images")
    #expect(dataset.description.shape == [4, 6, channels])
    let size = 24 * channels
    #expect(try dataset.bytes(1) == (size..<(2 * size)).map { UInt8($0 % 256) })
  }

  /// The array is whole; what is changed behind it only the checksum at the archive's end tells.
  @Test func aByteChangedBehindTheArray() throws {
    let tar = try fixture.tar(
      [("a.npy", array([2, 4, 6, 1])), ("other", [UInt8](repeating: 7, count: 100_000))], to: "s.tar")
    var packed = gzipStored(try [UInt8](Data(contentsOf: URL(filePath: tar))))
    try fixture.write(packed, to: "s.tar.gz")
    #expect(fixture.failure(fixture.path("s.tar.gz"), "format: npy, images: a") == nil)
    packed[packed.count - 20_000] ^= 1
    try fixture.write(packed, to: "s.tar.gz")
    let message = fixture.failure(fixture.path("s.tar.gz"), "format: npy, images: a")
    #expect(message?.contains("incorrect data check") == true)
  }
}
