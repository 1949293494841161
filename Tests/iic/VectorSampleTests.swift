import Files
import Foundation
import IICCore
import Testing

/// The sample of vectors, on a few of them.
@Suite struct VectorSampleTests {
  /// Two groups of 60 vectors, each around a direction of its own.
  private func write(to folder: Workspace) throws {
    var numbers = RandomStream(seed: 1).numbers()
    var writer = try NPYWriter(
      at: folder.url.appending(path: "data/features.npy"), shape: [120, 6], element: .float32)
    for item in 0..<120 {
      let row = (0..<6).map { feature in
        Float.random(in: -0.5...0.5, using: &numbers) + (feature % 2 == item % 2 ? 3 : 0)
      }
      try writer.append(row.withUnsafeBytes { Data($0) })
    }
    try writer.finish()
    try NPYWriter.write((0..<120).map { $0 % 2 }, to: folder.url.appending(path: "data/labels.npy"))
  }

  @Test func groupsAreFoundByNeighbours() throws {
    let folder = try Workspace()
    try write(to: folder)
    let settings = [
      "data.source=data", "data.neighbours.k=5", "encoder.hidden=8", "heads.main.clusters=2",
      "heads.auxiliary.clusters=4", "training.batch=120", "training.threads=1", "training.epochs=40",
    ]
    let manifest = SampleTests.samples.appending(path: "vector/iic.yaml").path(percentEncoded: false)
    let outcome = try iic(
      ["train", manifest, "--run", "run", "--json"] + settings.flatMap { ["--set", $0] },
      in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let figures = try #require(try outcome.json().first)
    let best = try #require(figures["by_loss"] as? [String: Any])
    let accuracy = try #require(best["acc"] as? Double)
    #expect(accuracy > 0.95)
    let evaluated = try iic("evaluate", "run", "--kmeans", in: folder)
    #expect(evaluated.output.contains("k-means on samples"))
  }
}
