import Foundation
import Testing

/// The manifests of the paper's segmentation, two steps each, on small files in the data's own layout.
@Suite(.serialized) struct PublishedSegmentationTests {
  private static let fixtures = SampleTests.samples.deletingLastPathComponent()
    .appending(path: "Tests/Segmentation/Fixtures")

  /// A sample, where its data is, and the classes.
  @Test(arguments: [
    ("coco-stuff-3/iic.yaml", "images", "stuffthingmaps_trainval2017.zip", 3),
    ("coco-stuff-15/iic.yaml", "images", "stuffthingmaps_trainval2017.zip", 15),
    ("potsdam-3/tiles.yaml", "imgs", "gt", 3),
    ("potsdam-6/iic.yaml", "4_Ortho_RGBIR", "labels", 6),
  ])
  func trains(_ sample: String, data: String, maps: String, classes: Int) throws {
    let folder = try Workspace()
    func place(_ name: String) -> String { Self.fixtures.appending(path: name).path(percentEncoded: false) }
    // One epoch is one pass for each head, here of two steps or of one.
    let trained = try iic(
      "train", SampleTests.samples.appending(path: sample).path(percentEncoded: false), "--run", "run", "--json",
      "--set", "data.source=\(place(data))", "--set", "data.maps.source=\(place(maps))",
      "--set", "training.batch=2", "--set", "training.epochs=1", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let figures = try #require(try trained.json().first)
    let lines = try String(contentsOf: folder.url.appending(path: "run/metrics.jsonl"), encoding: .utf8)
    let epoch = try #require(
      try JSONSerialization.jsonObject(with: Data(lines.utf8)) as? [String: Any])
    let losses = try #require(epoch["losses"] as? [String: [Double]])
    #expect(Set(losses.keys) == ["main", "auxiliary"])
    #expect(losses.values.joined().allSatisfy { $0 < 0 && $0 > -log(Double(45)) })
    let best = try #require(figures["by_loss"] as? [String: Any])
    let iou = try #require(best["iou"] as? [String: Double])
    #expect(!iou.isEmpty && iou.count <= classes)
  }
}
