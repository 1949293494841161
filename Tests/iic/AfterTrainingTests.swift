import Foundation
import Testing

/// What is done with finished runs: several seeds, comparing, verifying, doubting, mapping, handing on.
@Suite(.serialized) struct AfterTrainingTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    // Three groups of 80 rows, six columns.
    var rows = Workspace.threeGroups()
    // Rows 240 and 241 are copies, 242 nearly one, 243 and 244 are like nothing else.
    rows += [rows[10], rows[11]]
    rows.append(
      rows[12].enumerated().map { $0.offset == 1 ? String((Double($0.element) ?? 0) + 0.00002) : $0.element })
    rows += [["40", "-40", "40", "-40", "40", "-40", "kind0"], ["-40", "40", "40", "40", "-40", "-40", "kind1"]]
    let text = "a,b,c,d,e,f,label\n" + rows.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    try folder.write(Array(text.utf8), to: "rows.csv")
    let manifest = """
      name: rows
      modality: vector
      data: {source: rows.csv, labels: label}
      heads: {main: {clusters: 3, subheads: 3}}
      training: {epochs: 8, batch: 120, precision: float32, threads: 1}
      """
    try folder.write(Array(manifest.utf8), to: "rows.yaml")
  }

  private func lines(_ name: String) throws -> [[String]] {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test func seedsAreComparedAndRunsVerified() throws {
    let trained = try iic("train", "rows.yaml", "--seeds", "0..2", "--run", "runs", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    for seed in 0...2 {
      #expect(folder.exists("runs/seed-\(seed)/weights.safetensors"))
      #expect(trained.output.contains("runs/seed-\(seed) "))
    }
    #expect(trained.output.contains("the runs agree with a mean adjusted Rand index of "))
    let consensus = try lines("runs/consensus.csv")
    #expect(
      consensus[0] == ["id", "cluster", "agreement", "run_0", "run_1", "run_2", "label"] && consensus.count == 246)

    let compared = try iic("compare", "runs/seed-0", "runs/seed-1", "--json", "--out", "two.csv", in: folder)
    let figures = try #require(try compared.json().first)
    #expect((figures["runs"] as? [[String: Any]])?.count == 2)
    #expect(try #require(figures["agreement"] as? Double) > 0.9)
    #expect(try lines("two.csv")[0] == ["id", "cluster", "agreement", "run_0", "run_1", "label"])

    // Their consensus on new data: the same as on these where all agree.
    let together = try iic(
      "assign", "runs/seed-0", "rows.csv", "--with", "runs/seed-1", "--with", "runs/seed-2", "--out", "all.csv",
      in: folder)
    #expect(together.status == 0, "\(together.errors)")
    let alone = try lines("runs/seed-0/assignments.csv").dropFirst().map { $0[1] }
    let joined = try lines("all.csv").dropFirst().map { $0[1] }
    #expect(zip(alone, joined).count { $0.0 != $0.1 } <= 5)
    let swept = try iic("sweep", "runs/seed-0", "--clusters", "2..8", "--json", in: folder)
    let sweep = try #require(try swept.json().first)
    #expect(sweep["recommended"] as? Int == 3, "\(swept.output) \(swept.errors)")
    #expect((sweep["evidence"] as? [[String: Any]])?.count == 7)

    let verified = try iic("verify", "runs/seed-1", in: folder)
    #expect(verified.status == 0 && verified.output.hasSuffix("the run holds\n"), "\(verified.output)")
    #expect(!verified.output.contains("near") && !verified.output.contains("differs"))
    // A changed weight, changed data, a changed table: each is named, and nothing else.
    let table = try String(contentsOf: folder.url.appending(path: "runs/seed-1/assignments.csv"), encoding: .utf8)
    let first = try lines("runs/seed-1/assignments.csv")[1]
    let other = (Int(first[1]) ?? 0) == 0 ? "1" : "0"
    let changed = table.replacing("\n0,\(first[1]),", with: "\n0,\(other),")
    try folder.write(Array(changed.utf8), to: "runs/seed-1/assignments.csv")
    let one = try iic("verify", "runs/seed-1", "--json", in: folder)
    let findings = try #require(try one.json().first?["findings"] as? [[String: String]])
    let outcomes = Dictionary(uniqueKeysWithValues: findings.map { ($0["what"] ?? "", $0["outcome"] ?? "") })
    // 1 of 245 is within what machines differ by.
    #expect(
      outcomes["assignments.csv"] == "near" && outcomes["data"] == "equal"
        && outcomes["weights.safetensors"] == "equal")
    var weights = [UInt8](try Data(contentsOf: folder.url.appending(path: "runs/seed-1/weights.safetensors")))
    weights[weights.count - 2] ^= 1
    try folder.write(weights, to: "runs/seed-1/weights.safetensors")
    let broken = try iic("verify", "runs/seed-1", in: folder)
    #expect(broken.status == 1 && broken.output.hasSuffix("the run does not hold\n"), "\(broken.output)")
    #expect(broken.output.contains("SHA-256 was "))
  }

  @Test func doubtsMapsAndExports() throws {
    let trained = try iic("train", "rows.yaml", "--run", "run", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let doubted = try iic("doubt", "run", "--out", "doubt.csv", in: folder)
    #expect(doubted.status == 0, "\(doubted.errors)")
    let doubts = try lines("doubt.csv")
    #expect(doubts[0] == ["id", "cluster", "margin", "weight", "kinds", "reasons"])
    // Copies come first, then what is nearly one, then what is far from all.
    #expect(Set(doubts[1...4].map { $0[0] }) == ["10", "11", "240", "241"])
    #expect(doubts[1...4].allSatisfy { $0[4].hasPrefix("duplicate") && $0[5].hasPrefix("the same as ") })
    #expect(Set(doubts[5...8].map { $0[0] }) == ["12", "242", "243", "244"], "\(doubts.prefix(12))")

    let mapped = try iic("embed", "run", "--map", "map.csv", in: folder)
    #expect(mapped.status == 0 && folder.exists("run/map.safetensors"), "\(mapped.errors)")
    let map = try lines("map.csv")
    #expect(map[0] == ["id", "x", "y", "cluster"] && map.count == 246)
    // Other data are placed where the same items lie.
    let rows = try String(contentsOf: folder.url.appending(path: "rows.csv"), encoding: .utf8).split(
      separator: "\n")
    try folder.write(Array((rows[0...5].joined(separator: "\n") + "\n").utf8), to: "few.csv")
    #expect(try iic("embed", "run", "--map", "few.map", "--set", "data.source=few.csv", in: folder).status == 0)
    #expect(try lines("few.map")[1...5].map { Array($0[1...2]) } == map[1...5].map { Array($0[1...2]) })
    #expect(try iic("embed", "run", in: folder).status == 64)

    #expect(try iic("edit", "run", "--rename", "0=first", in: folder).status == 0)
    for (form, out) in [
      ("csv", "o.csv"), ("jsonl", "o.jsonl"), ("embedding-atlas", "e.jsonl"), ("fiftyone", "f.json"),
      ("datalab", "d"),
    ] {
      let outcome = try iic("export", "run", "--to", form, out, in: folder)
      #expect(outcome.status == 0 && outcome.output == "\(out): 245 items\n", "\(outcome.errors)")
    }
    let table = try lines("o.csv")
    #expect(table[0] == ["id", "cluster", "name", "probability", "margin", "label", "x", "y"])
    #expect(table.dropFirst().allSatisfy { ($0[1] == "0") == ($0[2] == "first") })
    let atlas = try String(contentsOf: folder.url.appending(path: "e.jsonl"), encoding: .utf8).split(
      separator: "\n")
    for line in atlas {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let neighbours = try #require(object["neighbors"] as? [String: Any])
      let ids = try #require(neighbours["ids"] as? [Int])
      #expect(ids.count == 15 && ids.allSatisfy { (0..<245).contains($0) } && object["x"] is Double)
    }
    let fiftyOne = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: folder.url.appending(path: "f.json")))
        as? [String: Any])
    #expect(fiftyOne["classes"] as? [String] == ["first", "cluster 1", "cluster 2"])
    #expect((fiftyOne["labels"] as? [String: Any])?.count == 245)
    #expect(try Data(contentsOf: folder.url.appending(path: "d/pred_probs.npy")).count == 128 + 245 * 3 * 4)

    let wrong = try iic("export", "run", "--to", "parquet", "x", in: folder)
    #expect(wrong.status == 64 && wrong.errors.contains("expected csv, jsonl, embedding-atlas, fiftyone, datalab"))
  }

  @Test func mistakesAreNamed() throws {
    let cases: [([String], String)] = [
      (["train", "rows.yaml", "--seeds", "2..0"], "2..0"),
      (["train", "rows.yaml", "--seeds", "0..500"], "0..500"),
      (["compare", "run"], "name two run folders or more"),
      (["sweep", "rows.yaml", "--clusters", "9..3"], "9..3"),
      (["compare", "run", "other"], "run: not a run folder"),
      (["verify", "data"], "data: not a run folder"),
      (["doubt", "data", "--out", "x.csv"], "data: not a run folder"),
    ]
    for (arguments, message) in cases {
      let outcome = try iic(arguments, in: folder)
      #expect(outcome.status != 0 && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
    }
    // Runs over other items cannot be compared.
    #expect(try iic("train", "rows.yaml", "--run", "one", "--set", "training.epochs=2", in: folder).status == 0)
    #expect(try iic("train", "iic.yaml", "--run", "two", in: folder).status == 0)
    let other = try iic("compare", "one", "two", in: folder)
    #expect(other.status == 1 && other.errors.contains("expected runs over the same items"), "\(other.errors)")
  }

  /// What is proposed can be trained with as it is.
  @Test func proposedManifestsAreTaken() throws {
    let proposed = try iic("init", "rows.csv", in: folder)
    #expect(proposed.status == 0, "\(proposed.errors)")
    #expect(proposed.output.contains("modality: vector\n") && proposed.output.contains("labels: label"))
    #expect(proposed.output.contains("main: {clusters: 3}"))
    try folder.write(Array(proposed.output.utf8), to: "proposed.yaml")
    let trained = try iic("train", "proposed.yaml", "--run", "run", "--set", "training.epochs=2", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")

    let texts =
      "text,kind\n"
      + (0..<40).map { "\"a sentence about number \($0), and more\",k\($0 % 2)" }.joined(separator: "\n")
    try folder.write(Array(texts.utf8), to: "texts.csv")
    let text = try iic("init", "texts.csv", in: folder)
    #expect(
      text.output.contains("modality: text\n") && text.output.contains("column: text")
        && text.output.contains("labelColumn: kind"))
    try folder.write(Array(text.output.utf8), to: "texts.yaml")
    #expect(try iic("train", "texts.yaml", "--run", "texts", "--set", "training.epochs=2", in: folder).status == 0)

    // Lines are texts, whatever the layout of the run's data; the vocabulary is the run's.
    let streamed = try iic(
      shell: "printf 'a sentence about number 3, and more\n\nanother' | '\(program.path)' assign texts --stream",
      in: folder)
    let labels = streamed.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(labels.map { $0[0] } == ["id", "1", "2", "3"] && labels[2][5] == "blank", "\(streamed.output)")
    #expect(labels[1][1] == (try lines("texts/assignments.csv").first { $0[0].hasSuffix(":5") }?[1]))

    let none = try iic("init", "rows.yaml", in: folder)
    #expect(none.status == 1 && none.errors.contains("expected data of the kinds image, "), "\(none.errors)")
  }

  @Test func aReportIsWrittenAndItsEditsAreTaken() throws {
    #expect(try iic("train", "rows.yaml", "--run", "run", in: folder).status == 0)
    let made = try iic("report", "run", in: folder)
    #expect(made.status == 0 && made.output.hasSuffix("run/report.json\n"), "\(made.errors)")
    let text = try String(contentsOf: folder.url.appending(path: "run/report.html"), encoding: .utf8)
    #expect(text.hasPrefix("<!doctype html>") && text.contains("<title>rows</title>"))
    let data = try Data(contentsOf: folder.url.appending(path: "run/report.json"))
    let content = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let run = try #require((content["runs"] as? [[String: Any]])?.first)
    #expect(run["items"] as? Int == 245)
    let clusters = try #require(run["clusters"] as? [[String: Any]])
    #expect(clusters.compactMap { $0["count"] as? Int }.reduce(0, +) == 245)
    let cells = try #require(run["cells"] as? [[Int]])
    #expect(cells.map { $0.reduce(0, +) } == clusters.map { $0["count"] as? Int ?? -1 })
    let members = try #require((run["gallery"] as? [String: Any])?["members"] as? [[String: Any]])
    #expect(members.count == 72 && members.allSatisfy { $0["series"] != nil })
    // Of 15 clusters 14 merges leave one.
    #expect((run["merges"] as? [Any])?.count == (run["auxiliaryCount"] as? Int ?? 0) - 1)

    // What the page would save.
    var edits = try #require(run["edits"] as? [String: Any])
    edits["edits"] = [
      ["kind": "rename", "cluster": 1, "name": "<b>boats</b>"], ["kind": "merge", "clusters": [0, 2]],
    ]
    try folder.write(Array(try JSONSerialization.data(withJSONObject: edits)), to: "edits.json")
    let taken = try iic("edit", "run", "--from", "edits.json", in: folder)
    #expect(taken.status == 0, "\(taken.errors)")
    #expect(taken.output.contains("1 <b>boats</b>: ") && taken.output.split(separator: "\n").count == 2)
    // Of other weights, of a cluster that is not there, of something else: nothing changes.
    let before = try Data(contentsOf: folder.url.appending(path: "run/edits.json"))
    for (key, value) in [
      ("weights_sha256", "00" as Any), ("edits", [["kind": "rename", "cluster": 9, "name": "x"]]),
    ] {
      var wrong = edits
      wrong[key] = value
      try folder.write(Array(try JSONSerialization.data(withJSONObject: wrong)), to: "wrong.json")
      let refused = try iic("edit", "run", "--from", "wrong.json", in: folder)
      #expect(refused.status != 0 && refused.errors.contains("wrong.json: found"), "\(refused.errors)")
    }
    #expect(try iic("edit", "run", "--from", "rows.csv", in: folder).status != 0)
    #expect(try Data(contentsOf: folder.url.appending(path: "run/edits.json")) == before)
    #expect(try iic("report", "run", "--out", "none/a.html", in: folder).status != 0)
  }

  @Test func aModelForOtherRuntimesIsWritten() throws {
    #expect(try iic("train", "rows.yaml", "--run", "run", in: folder).status == 0)
    try FileManager.default.removeItem(at: folder.url.appending(path: "rows.csv"))
    // The data are not needed.
    let made = try iic("export", "run", "--to", "onnx", "model.onnx", in: folder)
    #expect(made.status == 0, "\(made.errors)")
    let data = try Data(contentsOf: folder.url.appending(path: "model.onnx.json"))
    let said = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect((said["input"] as? [String: Any])?["shape"] as? [String] == ["items", "6"])
    #expect((said["clusters"] as? [Any])?.count == 3)
    let model = try Data(contentsOf: folder.url.appending(path: "model.onnx"))
    #expect(model.range(of: Data("heads.main.weight".utf8)) != nil)
    #expect(try iic("export", "run", "--to", "onnxx", "model", in: folder).status != 0)
  }
}
