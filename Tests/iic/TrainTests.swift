import Foundation
import Testing

@Suite(.serialized) struct TrainTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func aRunLeavesItsFolderAndEvaluateRepeatsItsFigures() throws {
    let trained = try iic("train", "iic.yaml", "--run", "run", "--json", "--set", "training.epochs=4", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    for file in [
      "manifest.yaml", "metrics.jsonl", "weights.safetensors", "best.safetensors", "assignments.csv",
      "evaluation.json", "receipt.json",
    ] {
      #expect(folder.exists("run/\(file)"))
    }
    let metrics = try String(contentsOfFile: folder.path("run/metrics.jsonl"), encoding: .utf8)
    #expect(metrics.split(separator: "\n").count == 4)
    let assignments = try String(contentsOfFile: folder.path("run/assignments.csv"), encoding: .utf8)
    #expect(assignments.split(separator: "\n").count == 241 && assignments.hasPrefix("id,cluster,label\n0,"))

    let evaluated = try iic("evaluate", "run", "--json", in: folder)
    let figures = try #require(try evaluated.json().first)
    #expect(
      Set(figures.keys) == [
        "run", "dataset", "items", "clusters", "cluster_counts", "by_loss", "by_labels", "mean", "together",
      ])
    let byLoss = try #require(figures["by_loss"] as? [String: Any])
    #expect(Set(byLoss.keys) == ["subhead", "loss", "acc", "acc_many_to_one", "nmi", "ari"])
    #expect(Set(try #require(figures["mean"] as? [String: Any]).keys) == ["acc", "acc_std"])
    #expect(figures["items"] as? Int == 240)
    #expect((figures["cluster_counts"] as? [Int])?.reduce(0, +) == 240)
    let before = try #require(try trained.json().first)
    for key in ["by_loss", "by_labels", "mean", "cluster_counts"] {
      let (one, other) = (try #require(before[key] as? NSObject), try #require(figures[key] as? NSObject))
      #expect(one == other, "\(key)")
    }
  }

  @Test func withoutANameARunGetsAFolderOfItsOwn() throws {
    for _ in 0..<2 {
      let trained = try iic("train", "iic.yaml", "--set", "training.epochs=1", in: folder)
      #expect(trained.status == 0, "\(trained.errors)")
    }
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.path("runs"))
    #expect(runs.count == 2)
  }

  /// Folders of the names that the next minutes' runs would have.
  @Test func aNameThatIsTakenIsCounted() throws {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.dateFormat = "yyyyMMdd-HHmmss"
    let files = FileManager.default
    for second in 0..<600 {
      let name = "runs/halves-\(format.string(from: Date(timeIntervalSinceNow: Double(second))))"
      try files.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    let trained = try iic("train", "iic.yaml", "--set", "training.epochs=1", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
    let used = try files.contentsOfDirectory(atPath: folder.path("runs")).filter {
      folder.exists("runs/\($0)/manifest.yaml")
    }
    #expect(used.count == 1 && used.first?.hasSuffix("-2") == true, "\(used)")
  }

  @Test func withoutLabelsFiguresThatNeedThemAreAbsent() throws {
    let run = try iic("train", "iic.yaml", "--run", "run", "--json", "--set", "data.labels=[]", in: folder)
    let figures = try #require(try run.json().first)
    #expect(figures["by_labels"] == nil && figures["mean"] == nil)
    #expect(Set(try #require(figures["by_loss"] as? [String: Any]).keys) == ["subhead", "loss"])
    let assignments = try String(contentsOfFile: folder.path("run/assignments.csv"), encoding: .utf8)
    #expect(assignments.hasPrefix("id,cluster\n"))
    let shown = try iic("evaluate", "run", in: folder)
    #expect(shown.status == 0 && shown.output.contains("no labels"))
  }

  @Test func equalSeedsGiveEqualFilesBitForBit() throws {
    for run in ["one", "two"] {
      #expect(try iic("train", "iic.yaml", "--run", run, "--set", "training.threads=2", in: folder).status == 0)
    }
    for file in ["weights.safetensors", "best.safetensors", "assignments.csv", "manifest.yaml", "metrics.jsonl"] {
      let contents = try ["one", "two"].map { try Data(contentsOf: folder.url.appending(path: "\($0)/\(file)")) }
      #expect(contents[0] == contents[1] && !contents[0].isEmpty, "\(file)")
    }
    // The figures are a line each; two of them are of time.
    let figures = try ["one", "two"].map { run in
      let text = try String(contentsOfFile: folder.path("\(run)/evaluation.json"), encoding: .utf8)
      return text.split(separator: "\n").filter {
        !$0.contains("\"training_seconds\"") && !$0.contains("\"pairs_per_second\"")
      }
    }
    #expect(figures[0] == figures[1])
    for key in ["last", "best", "by_loss", "by_labels", "nmi", "cluster_counts", "best_epoch"] {
      #expect(figures[0].contains { $0.contains("\"\(key)\" : ") }, "\(key)")
    }
  }

  @Test func theResolvedManifestTrainsTheSameNetwork() throws {
    #expect(try iic("train", "iic.yaml", "--run", "one", in: folder).status == 0)
    #expect(try iic("train", "one/manifest.yaml", "--run", "two", in: folder).status == 0)
    let contents = try ["one", "two"].map {
      try Data(contentsOf: folder.url.appending(path: "\($0)/weights.safetensors"))
    }
    #expect(contents[0] == contents[1])
  }
}
