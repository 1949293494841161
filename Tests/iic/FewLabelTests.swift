import Foundation
import Testing

/// A run of 240 rows in three classes, of which some get a label from a file.
@Suite(.serialized) struct FewLabelTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    let rows = Workspace.threeGroups().enumerated().map { ["r\($0.offset)"] + $0.element }
    let text = "id,a,b,c,d,e,f,label\n" + rows.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    try folder.write(Array(text.utf8), to: "rows.csv")
    let manifest = """
      name: rows
      modality: vector
      data: {source: rows.csv, labels: label, ids: id}
      heads: {main: {clusters: 3, subheads: 3}}
      training: {epochs: 8, batch: 120, precision: float32, threads: 1}
      """
    try folder.write(Array(manifest.utf8), to: "rows.yaml")
    try write(0..<12, to: "few.csv")
    let trained = try iic("train", "rows.yaml", "--run", "run", "--quiet", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
  }

  private func write(_ rows: Range<Int>, to name: String, _ more: String = "") throws {
    let text = "id,label\n" + rows.map { "r\($0),kind\($0 % 3)\n" }.joined() + more
    try folder.write(Array(text.utf8), to: name)
  }

  private func lines(_ name: String) throws -> [String] {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8).split(separator: "\n").map(
      String.init)
  }

  @Test func fewLabelsNameClustersAndScoreTheRest() throws {
    let mapped = try iic(
      "map", "run", "--labels", "few.csv", "--out", "classes.csv", "--edit", "--curve", "--draws", "3", "--json",
      in: folder)
    #expect(mapped.status == 0, "\(mapped.errors)")
    #expect(mapped.errors.contains("12 of the 240 clustered items are among the labelled ones"))
    let figures = try #require(try mapped.json().first)
    #expect(figures["labels"] as? Int == 12 && figures["scored"] as? Int == 228 && figures["clusters"] as? Int == 3)
    #expect(try #require(figures["acc"] as? Double) > 0.9)
    let points = try #require((figures["curve"] as? [String: Any])?["points"] as? [[String: Any]])
    #expect(points.contains { $0["budget"] as? String == "1 per class" && $0["labels"] as? Int == 3 })
    let table = try lines("classes.csv")
    #expect(table.count == 241 && table[0] == "id,cluster,class" && table[1].hasSuffix(",kind0"))
    // The clusters have names now, in every command.
    let listed = try iic("edit", "run", in: folder)
    for name in ["kind0", "kind1", "kind2"] { #expect(listed.output.contains(name)) }
    let again = try iic("map", "run", "--labels", "few.csv", "--edit", in: folder)
    #expect(again.status != 0 && again.errors.contains("has edits already"))
    // The page of the report has the curve.
    #expect(try iic("report", "run", in: folder).status == 0)
    #expect(try lines("run/report.json").joined().contains("\"fewLabels\":{\"map main\":{"))
  }

  @Test func probesSayHowWellFeaturesTellClassesApart() throws {
    let probed = try iic("probe", "run", "--labels", "few.csv", "--samples", "--json", in: folder)
    #expect(probed.status == 0, "\(probed.errors)")
    let probes = try #require(try probed.json().first?["probes"] as? [[String: Any]])
    #expect(probes.count == 8)
    #expect(probes.allSatisfy { ($0["acc"] as? Double ?? 0) > 0.9 })
    let text = try iic("probe", "run", "--labels", "few.csv", "--curve", "--draws", "2", in: folder)
    #expect(text.output.contains("k-NN, k 20 on ") && text.output.contains("4 per class") == false)
    #expect(
      text.output.contains("not shown, since a class has fewer labels: 5 per class, 10 per class, 100 per class"))
  }

  @Test func aClassifierIsARunLikeAnyOther() throws {
    let tuned = try iic(
      "finetune", "run", "--labels", "few.csv", "--run", "tuned", "--json", "--quiet", "--set",
      "training.epochs=20",
      in: folder)
    #expect(tuned.status == 0, "\(tuned.errors)")
    let figures = try #require(try tuned.json().first)
    let scored = try #require(figures["mapped"] as? [String: Any])
    #expect(scored["learned"] as? Bool == true)
    let shown = try iic("evaluate", "tuned", in: folder)
    #expect(shown.output.contains("learned by labels of ") && !shown.output.contains("IIC by loss"))
    #expect(try #require(scored["acc"] as? Double) > 0.9 && scored["items"] as? Int == 12)
    #expect(try lines("tuned/labels.csv").count == 13)
    // A cluster is the class of its number, and has its name.
    let assigned = try iic("assign", "tuned", "rows.csv", "--out", "new.csv", in: folder)
    #expect(assigned.status == 0, "\(assigned.errors)")
    let rows = try lines("new.csv").dropFirst()
    let right = rows.enumerated().count { $0.element.contains(",kind\($0.offset % 3)") }
    #expect(rows.count == 240 && right > 216)
    try FileManager.default.removeItem(at: folder.url.appending(path: "few.csv"))
    let evaluated = try iic("evaluate", "tuned", "--json", in: folder)
    let found = try #require(try evaluated.json().first?["mapped"] as? [String: Any])
    #expect(found["acc"] as? Double == scored["acc"] as? Double)
    #expect(try iic("report", "tuned", in: folder).status == 0)
    for command in [
      ["verify", "tuned"], ["inspect", "tuned/manifest.yaml", "--set", "objective.labels=tuned/labels.csv"],
    ] {
      let said = try iic(command, in: folder)
      #expect(said.status == 0, "\(command): \(said.errors)")
    }
    // A probe of it scores none of the items that it learned.
    try write(100..<160, to: "other.csv")
    let probed = try iic("probe", "tuned", "--labels", "other.csv", "--json", in: folder)
    #expect(try probed.json().first?["scored"] as? Int == 240 - 12 - 60, "\(probed.errors)")
    let means = try iic("evaluate", "tuned", "--kmeans", in: folder)
    #expect(means.output.contains("k-means on features"))
  }

  @Test func whatCannotBeLearnedIsSaidInOneMessage() throws {
    try write(0..<240, to: "all.csv")
    try write(0..<6, to: "unknown.csv", "x,kind0\n")
    try write(0..<6, to: "class.csv", "r7,kind9\n")
    try folder.write(Array("id,label\nr0,kind0\nr1,kind1\n".utf8), to: "two.csv")
    for command in ["map", "probe", "finetune"] {
      for (name, problem) in [
        ("all.csv", command == "finetune" ? "" : "gives each of the 240 clustered items a label"),
        ("unknown.csv", "line 8: no item is called \"x\""), ("class.csv", "line 8: found the class \"kind9\""),
        ("none.csv", "none.csv"),
      ] where !problem.isEmpty {
        let said = try iic(command, "run", "--labels", name, in: folder)
        #expect(said.status == 1 && said.errors.contains(problem), "\(command) \(name): \(said.errors)")
        #expect(said.errors.split(separator: "\n").count == 1, "\(said.errors)")
      }
      let neither = try iic(command, "run", in: folder)
      #expect(
        neither.status == 64 && neither.errors.contains("name the labels: --labels FILE or --label-parts train"))
    }
    let missing = try iic("map", "run", "--labels", "two.csv", in: folder)
    #expect(missing.errors.contains("1 of 3 classes have no label, so that no item is given them: kind2"))
  }

  @Test func partsOfTheMethodAreLeftOutOneByOne() throws {
    let said = try iic(
      "ablate", "rows.yaml", "--seeds", "0,1", "--run", "ablated", "--quiet", "--set", "training.epochs=2",
      in: folder)
    #expect(said.status == 0, "\(said.errors)")
    for row in ["as it is", "no auxiliary head", "no merged start", "one sub-head", "one view, r = 1"] {
      #expect(said.output.contains("\n\(row) "), "\(said.output)")
    }
    #expect(
      said.output.contains("not applicable: no data for the auxiliary head alone: both heads see the same data"))
    #expect(folder.exists("ablated/one-view--r---1/seed-1/weights.safetensors"))
    // The paper's turns: with one head none has to wait.
    let turns = try iic(
      "ablate", "rows.yaml", "--seeds", "0", "--run", "turns", "--quiet", "--set", "training.epochs=1", "--set",
      "training.scheme=inTurn", "--set", "training.idleHeads=coast", "--set", "heads.main.passes=2", in: folder)
    #expect(
      turns.status == 0 && folder.exists("turns/no-auxiliary-head/seed-0/weights.safetensors"), "\(turns.errors)")
    let refused = try iic(
      "ablate", "rows.yaml", "--run", "refused", "--set", "training.batch=800", "--set", "training.repeats=4",
      in: folder)
    #expect(refused.status == 1 && !folder.exists("refused"), "\(refused.errors)")
    let manifest = try lines("ablated/one-view--r---1/seed-1/manifest.yaml")
    #expect(manifest.contains("  repeats: 1") && manifest.contains("  epochs: 6"))
  }
}
