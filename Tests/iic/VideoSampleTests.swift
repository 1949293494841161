import Foundation
import Testing

/// The sample of films, on a few pictures and for a few steps.
@Suite struct VideoSampleTests {
  @Test func framesAndClipsGetClusters() throws {
    let folder = try Workspace()
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let films = root.appending(path: "Tests/Video/Fixtures/clips").path(percentEncoded: false)
    let sample = root.appending(path: "samples/video/iic.yaml").path(percentEncoded: false)
    let settings = [
      "data.source=\(films)", "data.labels=clip", "data.size=24", "views.size=16", "training.epochs=2",
      "training.batch=45", "training.threads=1", "heads.main.clusters=3",
    ]
    let outcome = try iic(
      ["train", sample, "--run", "run", "--json"] + settings.flatMap { ["--set", $0] }, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let figures = try #require(try outcome.json().first)
    #expect(figures["items"] as? Int == 90)
    let groups = try #require(figures["groups"] as? [String: Any])
    #expect(groups["count"] as? Int == 3)
    let table = try String(contentsOf: folder.url.appending(path: "run/groups.csv"), encoding: .utf8)
    let lines = table.split(separator: "\n")
    #expect(lines.first == "id,cluster,label")
    #expect(lines.dropFirst().map { $0.split(separator: ",").first } == ["bars.mp4", "life.gif", "zoom.webm"])
    let evaluated = try iic("evaluate", "run", in: folder)
    #expect(evaluated.output.contains("groups by loss") && evaluated.output.contains("3 groups in 3 clusters of "))
  }
}
