import Foundation
import IICCore
import Testing

/// The two samples of pairs that a table names, on a few images.
@Suite struct PairsSampleTests {
  let folder: Workspace

  /// Of the workspace's 240 images every second one is of the same class.
  init() throws {
    folder = try Workspace()
    var numbers = RandomStream(seed: 1).numbers()
    var same = "left,right\n"
    var random = same
    for left in 0..<240 {
      let shift = 2 * Int.random(in: 1...119, using: &numbers)
      let other = (left + Int.random(in: 1...239, using: &numbers)) % 240
      same += "\(left),\((left + shift) % 240)\n"
      random += "\(left),\(other)\n"
    }
    try folder.write(Array(same.utf8), to: "same.csv")
    try folder.write(Array(random.utf8), to: "random.csv")
  }

  private func run(_ command: String, _ sample: String, _ table: String, _ more: String...) throws -> [String: Any]
  {
    let settings = [
      "data.source=data", "data.images=images", "data.labels=labels", "pairs.source=\(table)", "views.size=8",
      "heads.main.clusters=2", "training.epochs=4", "training.batch=80", "training.threads=1",
    ]
    let manifest = SampleTests.samples.appending(path: "pairs/\(sample)").path(percentEncoded: false)
    let outcome = try iic(
      [command, manifest, "--json"] + settings.flatMap { ["--set", $0] } + more, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(try outcome.json().first)
  }

  @Test func couplesOfOneClassGiveItsClusters() throws {
    let figures = try run("train", "iic.yaml", "same.csv", "--run", "same")
    let best = try #require(figures["by_loss"] as? [String: Any])
    #expect(try #require(best["acc"] as? Double) > 0.95)
    let inspected = try run("inspect", "iic.yaml", "same.csv")
    let pairs = try #require(inspected["pairs"] as? [String: Any])
    #expect(pairs["verdict"] as? String == "good")
  }

  @Test func randomCouplesAreWarnedOfAndTeachNothing() throws {
    let inspected = try run("inspect", "random.yaml", "random.csv")
    let pairs = try #require(inspected["pairs"] as? [String: Any])
    #expect(pairs["verdict"] as? String == "random")
    let warnings = try #require(inspected["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("no more alike than random ones") })
    let figures = try run("train", "random.yaml", "random.csv", "--run", "random")
    let best = try #require(figures["by_loss"] as? [String: Any])
    // Minus the mutual information, of at most ln 2.
    #expect(try #require(best["loss"] as? Double) > -0.1)
  }
}
