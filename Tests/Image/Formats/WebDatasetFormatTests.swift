import Archive
import Foundation
import IICCore
import Testing

@testable import ImageModality

@Suite struct WebDatasetFormatTests {
  let fixture: Fixture
  let shard = Fixture.path("shard-000000.tar")

  init() throws { fixture = try Fixture() }

  /// A picture of 16 x 16 from the fixtures, by its name there.
  private func picture(_ name: String = "rose/1.png") throws -> [UInt8] {
    try #require(try Fixture.entries(of: "pictures.zip")["flowers/\(name)"])
  }

  @Test func readsAShard() throws {
    let dataset = try fixture.dataset(shard, "format: webdataset")
    #expect(dataset.description.shape == [16, 16, 3] && dataset.description.parts.isEmpty)
    #expect(dataset.description.ids == ["a/0001", "a/0002", "0003"] && dataset.labels == [3, 12, -1])
    #expect(
      dataset.description.notes == [
        "data: left out entries, of no sample, since their names have no dot: 1: \"__notes__\"",
        "data: left out entries, hidden, or kept by a system for itself: 1: \"._0003.png\"",
      ])
    for (item, start) in [0, 20, 40].enumerated() {
      #expect(try dataset.bytes(item) == pixels(0, side: 16, start: start))
    }
    #expect(try fixture.dataset(shard, "format: webdataset, labels: none").labels == nil)
  }

  private static let all = [
    "shard-000000.tar:a/0001", "shard-000000.tar:a/0002", "shard-000000.tar:0003", "shard-000001.tar:0001",
  ]

  /// A folder with links to the shards of the fixtures.
  private func folder() throws -> String {
    for name in ["shard-000000.tar", "shard-000001.tar", "shard-000002.tar.gz"] {
      try fixture.write(Data(contentsOf: URL(filePath: Fixture.path(name))), to: "shards/\(name)")
    }
    return fixture.path("shards")
  }

  @Test(arguments: [
    ["shard-000000.tar", "shard-000001.tar"], ["shard-{000000..000001}.tar"], ["shard-00000{0,1}.tar"], ["*.tar"],
    ["shard-00000[01].tar"],
  ])
  func readsSeveralShards(_ sources: [String]) throws {
    let folder = try folder()
    let dataset = try fixture.dataset(sources.map { "\(folder)/\($0)" }, "format: webdataset")
    #expect(dataset.description.ids == Self.all && dataset.labels == [3, 12, -1, -1])
    #expect(try dataset.bytes(3) == pixels(0, side: 16, start: 60))
    #expect(
      dataset.description.notes.first
        == "data: left out samples, without a picture, since they have only \"txt\": 1: \"shard-000001.tar:0003\"")
    #expect(
      dataset.description.notes.dropFirst().first
        == "data: left out entries, of no sample, since their names have no dot: 1: \"shard-000000.tar:__notes__\"")
    #expect(dataset.partTexts == (sources.count == 1 ? [] : ["shard-000000.tar 3", "shard-000001.tar 1"]))
  }

  @Test func readsAFolderOfShards() throws {
    let dataset = try fixture.dataset(folder(), "format: webdataset")
    #expect(dataset.description.ids == Self.all + ["shard-000002.tar.gz:0001"] && dataset.labels?.last == 0)
    let expected = try #require(try Fixture.expectedPictures()["lily/smooth.jpeg"])
    #expect(try dataset.difference(4, from: expected) <= 2)
    #expect(dataset.description.parts.isEmpty)
  }

  @Test func eachOfSeveralPatternsIsAPart() throws {
    let folder = try folder()
    let paths = ["\(folder)/shard-{000000..000001}.tar", "\(folder)/*.gz"]
    let dataset = try fixture.dataset(paths, "format: webdataset, onUndecodable: skip")
    #expect(dataset.partTexts == ["shard-{000000..000001}.tar 4", "*.gz 1"])
    #expect(
      fixture.failure([paths[0], "\(folder)/shard-000001.tar"], "format: webdataset")
        == "data.source: found shards of one name, \(folder)/shard-000001.tar and \(folder)/shard-000001.tar; expected "
        + "each name once")
  }

  /// Pictures are called by their shards, so shards of other names are other data.
  @Test func namesOfShardsCount() throws {
    let folder = try folder()
    _ = try fixture.dataset("\(folder)/*.tar", "format: webdataset")
    try FileManager.default.moveItem(atPath: "\(folder)/shard-000001.tar", toPath: "\(folder)/z.tar")
    let dataset = try fixture.dataset("\(folder)/*.tar", "format: webdataset")
    #expect(dataset.description.ids.last == "z.tar:0001")
  }

  @Test func shardsThatAreMissing() throws {
    let folder = try folder()
    #expect(
      fixture.failure("\(folder)/shard-{000001..000003}.tar", "format: webdataset")
        == "\(folder)/shard-000002.tar: No such file or directory")
    #expect(fixture.failure("\(folder)/x*.tar", "format: webdataset") == "PATH: no file matches")
    try fixture.write([1], to: "none/a.txt")
    #expect(
      fixture.failure(fixture.path("none"), "format: webdataset") == "PATH: found no tar archive in the folder")
    #expect(fixture.failure([], "format: webdataset")?.contains("data.source: found an empty list") == true)
  }

  @Test(arguments: [
    ("cat", "found \"cat\"; expected a whole number from 0, or -1 for unknown"),
    ("1 2", "found \"1 2\"; expected a whole number"),
    ("-2", "found \"-2\"; expected a whole number"),
    (String(repeating: "9", count: 32), "found \"99999999999999999999999999999999\"; expected a whole number"),
    (String(repeating: "9", count: 33), "found 33 bytes; allowed are 32"),
  ])
  func classesThatAreNone(_ text: String, _ message: String) throws {
    let path = try fixture.tar([("7.png", picture()), ("7.cls", Array(text.utf8))], to: "s.tar")
    let found = try #require(fixture.failure(path, "format: webdataset"))
    #expect(found.hasPrefix("PATH, entry \"7.cls\": \(message.prefix(8))") && found.contains(message), "\(found)")
    #expect(try fixture.dataset(path, "format: webdataset, labels: none").count == 1)
  }

  @Test func classesMayBeUnknown() throws {
    let one = try picture()
    let path = try fixture.tar(
      [
        ("1.png", one), ("1.cls", []), ("2.png", one), ("2.cls", Array("-1\n".utf8)), ("3.png", one),
        ("3.cls", [0x34]),
      ],
      to: "s.tar")
    #expect(try fixture.dataset(path, "format: webdataset").labels == [-1, -1, 4])
  }

  @Test func entriesThatDoNotFit() throws {
    let one = try picture()
    let cases: [([(String, [UInt8])], String)] = [
      (
        [("1.png", one), ("2.png", one), ("1.cls", [48])],
        "\"1.cls\": found apart from other entries of its sample; expected them one after the other"
      ),
      ([("1.png", one), ("1.jpg", one)], "\"1.jpg\": found a second picture of a sample; expected one"),
      ([("1.png", one), ("1.cls", [48]), ("1.cls", [48])], "\"1.cls\": found twice; expected once"),
    ]
    for (entries, message) in cases {
      let path = try fixture.tar(entries, to: "s.tar")
      #expect(fixture.failure(path, "format: webdataset") == "PATH, entry \(message)")
    }
    let path = try fixture.tar([("1.json", [48]), ("2.cls", [48])], to: "s.tar")
    #expect(
      fixture.failure(path, "format: webdataset")
        == "PATH: found no picture that can be used; data: left out samples, without a picture, since they have only "
        + "\"json\": 1: \"1\"; data: left out samples, without a picture, since they have only \"cls\": 1: \"2\"")
    // A key ends at the first dot, and what follows is no picture's suffix.
    let dotted = try fixture.tar([("img.v1.png", one), ("img.v2.png", one), ("b", [1])], to: "dotted.tar")
    #expect(
      fixture.failure(dotted, "format: webdataset")
        == "PATH: found no picture that can be used; data: left out samples, without a picture, since they have only "
        + "\"v1.png\", \"v2.png\": 1: \"img\"; data: left out entries, of no sample, since their names have no dot: 1: "
        + "\"b\"")
  }

  @Test func aShardCutShort() throws {
    let whole = try [UInt8](Data(contentsOf: URL(filePath: shard)))
    for cut in [100, 700, 1100, 5000, 9000] {
      try fixture.write(whole[..<cut], to: "cut.tar")
      let message = fixture.failure(fixture.path("cut.tar"), "format: webdataset")
      #expect(
        message?.hasPrefix("PATH") == true && message?.contains("\n") == false, "\(cut): \(message ?? "none")")
    }
  }
}
