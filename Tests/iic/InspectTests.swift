import Foundation
import Media
import Testing

@testable import IICCommands

@Suite(.serialized) struct InspectTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func theFactsOfAManifestAreSaid() throws {
    let outcome = try iic("inspect", "iic.yaml", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.contains("halves: image, 240 items, 240 trained on"))
    #expect(lines.contains("labels: 2 classes, items of each: 0 120, 1 120"))
    #expect(lines.contains("sample: 8 x 8 x 1 uint8, 15.0 KiB decoded; view: 1 x 8 x 8"))
    #expect(lines.contains { $0.hasPrefix("training: ") && $0.contains("2 epochs, 12 steps in all") })
    #expect(lines.contains("pairs: paired items are more alike than random ones"))
    #expect(!folder.exists("runs"))
  }

  @Test func programsReadTheSame() throws {
    let outcome = try iic("inspect", "iic.yaml", "--json", "--set", "heads.main.clusters=3", in: folder)
    let report = try #require(try outcome.json().first)
    #expect(report["warnings"] as? [String] == ["heads.main.clusters is 3; the labels have 2 classes"])
    let data = try #require(report["data"] as? [String: Any])
    #expect(data["items"] as? Int == 240)
    let pairs = try #require(report["pairs"] as? [String: Any])
    #expect(pairs["verdict"] as? String == "good")
    #expect(Set(report.keys) == ["name", "modality", "data", "view_shape", "pairs", "trial", "warnings"])
  }

  @Test func pairsThatAreTheSameAreWarnedOf() throws {
    let same = "{rotation: 0, scale: [1, 1], shift: 0, flip: 0, jitter: 0}"
    let outcome = try iic(
      "inspect", "iic.yaml", "--set", "views.base=\(same)", "--set", "views.transformed=\(same)", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("warning: 240 of 240 pairs are identical or nearly so"))
  }

  @Test func theSheetIsAPicture() throws {
    let outcome = try iic("inspect", "iic.yaml", "--sheet", "pairs.png", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let picture = try Picture(Data(contentsOf: folder.url.appending(path: "pairs.png")))
    // 16 rows of 5 views of 8 x 8, eight times enlarged, with gaps of 4 and one more behind the base view.
    try #require(picture.size == [5 * 68 + 8, 16 * 68 + 4, 1])
    // The halves of a base view differ: bright above or below. Enlarged points are squares of one grey.
    let above = picture[4 + 10, 4 + 10]
    let below = picture[4 + 50, 4 + 10]
    let difference = abs(Int(above) - Int(below))
    #expect(difference > 60)
    #expect(picture[0, 0] == 128)
    for place in 4..<12 { #expect(picture[4, place] == picture[4, 4]) }
  }

  @Test func mistakesAreNamed() throws {
    let format = try iic("inspect", "iic.yaml", "--sheet", "pairs.jpg", in: folder)
    #expect(format.errors == "iic: --sheet: found \"pairs.jpg\"; expected a file name that ends in .png\n")
    #expect(format.status == 1)
    let place = try iic("inspect", "iic.yaml", "--sheet", "nowhere/pairs.png", in: folder)
    #expect(place.status == 1 && place.errors.hasPrefix("iic: nowhere/pairs.png: cannot be written"))
    let batch = try iic("inspect", "iic.yaml", "--set", "training.batch=4800", in: folder)
    #expect(batch.status == 1 && batch.errors.contains("training.batch=4800: found 4800 pairs with 2 repeats"))
  }

  @Test func coloursAreKept() throws {
    var file = PNGFile(width: 300, height: 100, channels: 3, filledWith: 7)
    file.bytes[3 * 299] = 200
    let place = folder.url.appending(path: "colours.png")
    try file.write(to: place)
    let data = try Data(contentsOf: place)
    let picture = try Picture(data)
    #expect(picture.size == [300, 100, 3])
    #expect(picture.bytes == file.bytes)
    // The last chunk of every PNG file, with its checksum.
    let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]
    #expect(Array(data.suffix(12)) == end)
  }
}

/// What another decoder makes of a PNG file.
private struct Picture {
  private let image: DecodedImage

  var size: [Int] { [image.width, image.height, image.channels] }
  var bytes: [UInt8] { image.pixels }

  subscript(row: Int, column: Int) -> UInt8 { bytes[(row * image.width + column) * image.channels] }

  init(_ data: Data) throws {
    // The byte of the colour type.
    image = try ImageDecoder.decode([UInt8](data), name: "png", color: data[25] == 2 ? .rgb : .grey)
  }
}
