import Files
import Foundation
import IICCore
import Testing

@testable import IICCommands

/// The benchmarks through the program: Fashion-MNIST's manifest on the workspace's few images, and a few steps.
@Suite(.serialized) struct BenchTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    let samples = folder.url.appending(path: "samples/fashion-mnist")
    try FileManager.default.createDirectory(at: samples, withIntermediateDirectories: true)
    for name in ["iic.yaml", "full.yaml"] {
      try FileManager.default.copyItem(
        at: SampleTests.samples.appending(path: "fashion-mnist/\(name)"), to: samples.appending(path: name))
    }
  }

  /// Clusters the workspace's images in two clusters.
  private func fashionMNIST(_ arguments: String...) throws -> Outcome {
    let settings = [
      "data={source: data, format: idx, images: images, labels: labels}", "views.size=8",
      "heads.main={clusters: 2, subheads: 2, start: 0.5, startFrom: auxiliary}",
      "heads.auxiliary={clusters: 6, subheads: 2}", "training.epochs=2", "training.batch=60", "training.threads=1",
      "training.precision=float32",
    ]
    return try iic(
      ["bench", "fashion-mnist", "--samples", "samples"] + settings.flatMap { ["--set", $0] } + arguments,
      in: folder)
  }

  @Test func figuresStandBesideThoseOfKMeans() throws {
    let outcome = try fashionMNIST("--json", "--seed", "3", "--run", "run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try outcome.json().count == 1)
    let figures = try #require(try outcome.json().first)
    #expect(
      Set(figures.keys) == [
        "run", "dataset", "items", "clusters", "cluster_counts", "by_loss", "by_labels", "mean", "together",
        "kmeans_pixels",
        "seed", "training_seconds", "pairs_per_second",
      ])
    #expect((figures["run"] as? String)?.hasSuffix("/run") == true)
    #expect(figures["dataset"] as? String == "fashion-mnist")
    #expect(figures["items"] as? Int == 240 && figures["clusters"] as? Int == 2 && figures["seed"] as? Int == 3)
    #expect((figures["cluster_counts"] as? [Int])?.reduce(0, +) == 240)
    let kMeans = try #require(figures["kmeans_pixels"] as? [String: Any])
    // The two classes are bright in different halves.
    #expect(Set(kMeans.keys) == ["acc", "nmi", "ari"])
    for (key, value) in kMeans { #expect(value as? Double == 1, "\(key)") }
    for key in ["training_seconds", "pairs_per_second"] {
      let value = try #require(figures[key] as? Double)
      #expect(value > 0, "\(key)")
    }
    #expect(folder.exists("run/weights.safetensors") && folder.exists("run/evaluation.json"))
  }

  @Test func peopleGetATable() throws {
    let outcome = try fashionMNIST()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    try #require(lines.count == 7, "\(outcome.output)")
    #expect(lines[0] == "                     ACC    NMI    ARI")
    #expect(lines[1] == "k-means on pixels  100.0  100.0  100.0")
    for (line, name) in zip(lines[2...3], ["IIC by loss", "IIC by labels"]) {
      #expect(line.hasPrefix("\(name)  ") && line.count == lines[0].count)
    }
    #expect(lines[4].hasPrefix("240 items in 2 clusters of "))
    #expect(lines[5].hasPrefix("training ") && lines[5].contains(" pairs/s; best epoch 2"))
    let run = lines[6].dropFirst("run folder ".count)
    #expect(lines[6].hasPrefix("run folder /") && run.contains("/runs/fashion-mnist-"))
    #expect(FileManager.default.fileExists(atPath: "\(run)/assignments.csv"))
  }

  /// More clusters than items is nothing to a head, but to k-means.
  @Test func theTrainingsFiguresAreKeptIfKMeansFails() throws {
    let heads = ["--set", "heads={main: {clusters: 300, subheads: 1}}"]
    let outcome = try fashionMNIST("--json", "--run", "run", heads[0], heads[1])
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasSuffix("iic: KMeans: expected [n, F], n at least 300; found [240, 64]\n"))
    let figures = try #require(try outcome.json().first)
    #expect(figures["by_loss"] != nil && figures["kmeans_pixels"] == nil)
    let table = try fashionMNIST(heads[0], heads[1])
    #expect(table.status == 1 && table.output.contains("IIC by loss") && table.output.contains("run folder /"))
    #expect(!table.output.contains("k-means"))
  }

  @Test func aMissingPackageIsNamed() throws {
    let (missing, present) = (folder.path("package"), folder.path("data"))
    let error = UserError("\(missing): No such file or directory")
    let named = FashionMNIST.explained(error, folder: missing)
    #expect("\(named)" == "\(error); it comes with apt-get install dataset-fashion-mnist")
    // Another path, or a folder that is there, has nothing to do with the package.
    let other = FashionMNIST.explained(error, folder: "/no/such/folder")
    #expect("\(other)" == "\(error)")
    let damaged = FashionMNIST.explained(UserError("\(present): damaged"), folder: present)
    #expect("\(damaged)" == "\(present): damaged")
    let elsewhere = try iic("bench", "fashion-mnist", "--full", "--set", "data.source=/no/such/source", in: folder)
    #expect(elsewhere.status == 1 && elsewhere.errors.contains("/no/such/source: No such file or directory\n"))
  }

  @Test(.disabled(if: FileManager.default.fileExists(atPath: FashionMNIST.packageFolder)))
  func withoutThePackageTheProgramSaysSo() throws {
    let outcome = try iic("bench", "fashion-mnist", "--full", in: folder)
    #expect(outcome.status == 1 && outcome.errors.hasSuffix("apt-get install dataset-fashion-mnist\n"))
  }

  @Test func throughputIsOneLineOfJSON() throws {
    let arguments = [
      "bench", "throughput", "--recipe", "mnist", "--batch", "10", "--steps", "1", "--precision", "float32",
    ]
    for more in [["--json"], []] {
      let outcome = try iic(arguments + more, in: folder)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.split(separator: "\n").count == 1)
      let figures = try #require(try outcome.json().first)
      #expect(
        Set(figures.keys) == [
          "recipe", "precision", "device", "batch", "libtorch", "pairs_per_second", "seconds_per_step",
          "peak_rss_gb",
          "gigaflops", "machine_gigaflops", "gigaflops_over_machine", "waiting_share", "loss",
        ])
      #expect(figures["recipe"] as? String == "mnist" && figures["precision"] as? String == "float32")
      #expect(figures["batch"] as? Int == 10)
      let seconds = try #require(figures["seconds_per_step"] as? Double)
      let rate = try #require(figures["pairs_per_second"] as? Double)
      #expect(abs(rate * seconds - 10) < 1e-6)
    }
  }

  @Test func throughputRefusesWhatCannotBeTimed() throws {
    for (arguments, message) in [
      (["--batch", "12"], "--batch: found 12; expected a multiple of 5"),
      (["--batch", "0"], "--batch: found 0; expected a multiple of 5"),
      (["--steps", "0"], "--steps: found 0; expected 1 or more"),
    ] {
      let outcome = try iic(["bench", "throughput", "--recipe", "mnist"] + arguments, in: folder)
      #expect(
        outcome.status == 64 && outcome.output.isEmpty && outcome.errors.contains(message), "\(outcome.errors)")
    }
    let precision = try iic(
      "bench", "throughput", "--recipe", "mnist", "--batch", "10", "--precision", "float16", in: folder)
    #expect(precision.status == 1 && precision.errors.contains("training.precision"), "\(precision.errors)")
    let device = try iic(
      "bench", "throughput", "--recipe", "mnist", "--batch", "10", "--device", "cuda:99", in: folder)
    #expect(
      device.status == 1 && device.errors.contains("training.device=cuda:99: found \"cuda:99\"; expected cpu"))
  }
}
