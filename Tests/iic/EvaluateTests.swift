import Foundation
import Testing

/// `iic evaluate` uses what is the run's own, and says where it cannot.
@Suite(.serialized) struct EvaluateTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    try #require(try iic("train", "iic.yaml", "--run", "run", in: folder).status == 0)
  }

  private func warnings(_ outcome: Outcome) -> [String] {
    outcome.errors.split(separator: "\n").filter { $0.hasPrefix("iic: warning: ") }.map { String($0.dropFirst(14)) }
  }

  private func byLoss(_ figures: [String: Any]) throws -> Int {
    try #require((figures["by_loss"] as? [String: Any])?["subhead"] as? Int)
  }

  @Test func nothingIsWarnedOfWhereNothingChanged() throws {
    let outcome = try iic("evaluate", "run", "--json", in: folder)
    #expect(outcome.status == 0 && warnings(outcome).isEmpty)
    #expect(try #require(try outcome.json().first)["warnings"] == nil)
  }

  @Test func dataThatChangedAreWarnedOf() throws {
    try folder.write(Workspace.images(200), to: "data/images")
    try folder.write([0, 0, 8, 1, 0, 0, 0, 200] + (0..<200).map { UInt8($0 % 2) }, to: "data/labels")
    let outcome = try iic("evaluate", "run", "--json", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let warning = try #require(warnings(outcome).first)
    #expect(warnings(outcome).count == 1)
    #expect(warning.hasPrefix("the data are not those that the run was trained on: SHA-256 was "))
    #expect(warning.hasSuffix("; items were 240, are 200"))
    #expect(try #require(try outcome.json().first)["warnings"] as? [String] == [warning])
    let embedded = try iic("embed", "run", "--out", "x.npy", in: folder)
    #expect(embedded.status == 0 && warnings(embedded) == [warning])
  }

  @Test func pairsThatChangedAreWarnedOf() throws {
    func table(_ step: Int) throws {
      let rows = (0..<240).map { "\($0),\(($0 + step) % 240)" }
      try folder.write(Array((["left,right"] + rows).joined(separator: "\n").utf8), to: "pairs.csv")
    }
    try table(2)
    let pairs = "pairs={source: pairs.csv, names: row}"
    #expect(try iic("train", "iic.yaml", "--run", "paired", "--set", pairs, in: folder).status == 0)
    #expect(try warnings(iic("evaluate", "paired", in: folder)).isEmpty)
    try table(4)
    let found = try warnings(iic("evaluate", "paired", in: folder))
    #expect(found.count == 1)
    let warning = "the table of pairs is not the one that the run was trained on: SHA-256 was "
    #expect(found.first?.hasPrefix(warning) == true)
  }

  /// The sub-head is the run's on other data, too, here items of one class alone.
  @Test func theSubheadIsTheRunsOnOtherData() throws {
    let url = folder.url.appending(path: "run/evaluation.json")
    let original = try String(contentsOf: url, encoding: .utf8)
    let other = folder.url.appending(path: "other")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    let images = Workspace.images(240)
    try folder.write([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 8] + images[16..<144], to: "other/images")
    try folder.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], to: "other/labels")
    for subhead in 0..<2 {
      try Data(original.replacing(/"subhead" : [0-9]/, with: "\"subhead\" : \(subhead)").utf8).write(to: url)
      for settings in [[], ["--set", "data.source=other"]] {
        let outcome = try iic(["evaluate", "run", "--json"] + settings, in: folder)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try byLoss(try #require(try outcome.json().first)) == subhead)
        #expect(warnings(outcome).count == (settings.isEmpty ? 0 : 1))
      }
    }
    try FileManager.default.removeItem(at: url)
    let without = try iic("evaluate", "run", "--json", in: folder)
    #expect(without.status == 0)
    #expect(warnings(without).first?.contains("has no evaluation.json, which names the run's sub-head") == true)
  }

  private func kMeans(_ settings: [String]) throws -> [String: Double] {
    let outcome = try iic(
      ["evaluate", "run", "--json", "--kmeans"] + settings.flatMap { ["--set", $0] }, in: folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try #require(try outcome.json().first?["kmeans"] as? [String: Double])
  }

  /// Of the part that is evaluated the first half is bright above; of the one before it every other image.
  @Test func kMeansIsScoredByTheLabelsOfWhatIsEvaluated() throws {
    let images = Workspace.images(200)
    let pixels = (0..<200).map { images[(16 + 64 * $0)..<(80 + 64 * $0)] }
    let sorted = (0..<100).flatMap { pixels[2 * $0] } + (0..<100).flatMap { pixels[2 * $0 + 1] }
    try folder.write(images[..<16] + sorted, to: "data/sorted")
    try folder.write([0, 0, 8, 1, 0, 0, 0, 200] + (0..<200).map { $0 < 100 ? 0 : 1 }, to: "data/sorted-labels")
    let scores = try kMeans([
      "data.images=[images, sorted]", "data.labels=[labels, sorted-labels]", "evaluation.parts=[sorted]",
    ])
    #expect(scores == ["acc": 1, "nmi": 1, "ari": 1])
  }

  /// In noise each seed ends with clusters of its own.
  @Test func kMeansIsDrawnByTheSeed() throws {
    var noise = [UInt8](repeating: 0, count: 240 * 64)
    var state: UInt32 = 1
    for place in noise.indices {
      state = state &* 1_664_525 &+ 1_013_904_223
      noise[place] = UInt8(state >> 24)
    }
    try folder.write([0, 0, 8, 3, 0, 0, 0, 240, 0, 0, 0, 8, 0, 0, 0, 8] + noise, to: "data/noise")
    let manifest = folder.url.appending(path: "run/manifest.yaml")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    let scores = try [0, 1, 0].map { seed in
      try Data(text.replacing("  seed: 0\n", with: "  seed: \(seed)\n").utf8).write(to: manifest)
      return try kMeans(["data.images=[noise]"])
    }
    #expect(scores[0] == scores[2] && scores[0] != scores[1])
  }

  @Test func whatHasNoEffectOnATrainedNetworkIsRefused() throws {
    for key in ["training.epochs=5", "heads.main.clusters=3", "encoder.name=ResNet18", "checkpoint.keep=3"] {
      let outcome = try iic("evaluate", "run", "--set", key, in: folder)
      #expect(outcome.status == 64 && outcome.errors.contains("--set \(key): has no effect"), "\(outcome.errors)")
    }
  }

  /// The manifest of a run by a program that wrote every key is read.
  @Test func keysWithoutEffectInARunsManifestAreNoMatter() throws {
    let place = folder.url.appending(path: "run/manifest.yaml")
    let text = try String(contentsOf: place, encoding: .utf8)
    let old = text.replacing("  scheme: together\n", with: "  scheme: together\n  first: auxiliary\n")
    #expect(old != text)
    try Data(old.utf8).write(to: place)
    #expect(try iic("evaluate", "run", in: folder).status == 0)
    let again = try iic("train", "run/manifest.yaml", "--run", "again", in: folder)
    #expect(again.status == 0, "\(again.errors)")
    try Data(old.utf8).write(to: folder.url.appending(path: "copy.yaml"))
    let copy = try iic("train", "copy.yaml", in: folder)
    #expect(copy.status == 1 && copy.errors.contains("training.first: found \"auxiliary\", which has no effect"))
  }
}
