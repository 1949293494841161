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
        "run", "dataset", "items", "clusters", "cluster_counts", "by_loss", "by_labels", "mean",
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
    for file in ["weights.safetensors", "best.safetensors", "assignments.csv", "manifest.yaml"] {
      let contents = try ["one", "two"].map { try Data(contentsOf: folder.url.appending(path: "\($0)/\(file)")) }
      #expect(contents[0] == contents[1], "\(file)")
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

  @Test func helpIsThereAtEveryLevel() throws {
    for arguments in [
      ["--help"], ["train", "--help"], ["evaluate", "--help"], ["bench", "--help"],
      ["bench", "fashion-mnist", "--help"], ["embed", "--help"],
    ] {
      let help = try iic(arguments, in: folder)
      #expect(help.status == 0 && help.output.contains("USAGE: iic"))
    }
  }
}
