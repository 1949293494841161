import Foundation
import Testing

@Suite(.serialized) struct EmbedTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func header(_ name: String) throws -> String {
    String(
      decoding: try Data(contentsOf: folder.url.appending(path: name)).dropFirst(10).prefix(118), as: UTF8.self)
  }

  private func files() throws -> Set<String> {
    Set(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path(percentEncoded: false)))
  }

  @Test func featuresAndLabelsAreWritten() throws {
    #expect(try iic("train", "iic.yaml", "--run", "run", in: folder).status == 0)
    let outcome = try iic("embed", "run", "--out", "x.npy", "--labels-out", "y.npy", in: folder)
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    // The compact encoder has 256 channels on 1 x 1 places for views of 8 x 8.
    #expect(try header("x.npy").hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (240, 256), }"))
    #expect(try Data(contentsOf: folder.url.appending(path: "x.npy")).count == 128 + 240 * 256 * 4)
    #expect(try header("y.npy").hasPrefix("{'descr': '<i8', 'fortran_order': False, 'shape': (240,), }"))
    let labels = try Data(contentsOf: folder.url.appending(path: "y.npy"))[128...]
    #expect(stride(from: 128, to: labels.endIndex, by: 8).map { labels[$0] } == (0..<240).map { UInt8($0 % 2) })

    // Labels are written where they are asked for.
    let before = try files()
    let again = try iic("embed", "run", "--out", "z.npy", "--best", in: folder)
    // The cache beside them may note meanwhile that the source has not changed.
    let written = try files().subtracting(before).filter { $0.hasSuffix(".npy") }
    #expect(again.status == 0 && written == ["z.npy"])
    let clustered = try iic(["train", "vectors.yaml", "--run", "next"], in: vectors())
    #expect(clustered.status == 0, "\(clustered.errors)")
    let evaluated = try iic("evaluate", "next", "--kmeans", "--json", in: folder)
    let figures = try #require(try evaluated.json().first)
    #expect(figures["items"] as? Int == 240)
    #expect(Set(try #require(figures["kmeans"] as? [String: Any]).keys) == ["acc", "nmi", "ari"])
  }

  /// A manifest about the features, with explicit pairs of items of one class.
  private func vectors() throws -> Workspace {
    let pairs = ["left,right"] + (0..<238).map { "\($0),\($0 + 2)" } + ["7,7"]
    try folder.write(Array(pairs.joined(separator: "\n").utf8), to: "pairs.csv")
    let manifest = """
      name: vectors
      modality: vector
      data: {source: ., array: x.npy, labels: y.npy}
      pairs: {source: pairs.csv}
      heads: {main: {clusters: 2, subheads: 2}}
      training: {epochs: 2, batch: 80, repeats: 2, threads: 1}
      """
    try folder.write(Array(manifest.utf8), to: "vectors.yaml")
    return folder
  }

  @Test func warningsOfPairsAreShownOnceAndTheReceiptHasTheirHash() throws {
    #expect(try iic("train", "iic.yaml", "--run", "run", in: folder).status == 0)
    #expect(try iic("embed", "run", "--out", "x.npy", "--labels-out", "y.npy", in: folder).status == 0)
    let outcome = try iic("train", "vectors.yaml", "--run", "next", in: vectors())
    let warnings = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("iic: warning: ") }
    #expect(
      warnings.count == 1 && warnings[0].contains("left out pairs, which are of an item with itself: 1: line "))
    let receipt = try String(contentsOfFile: folder.path("next/receipt.json"), encoding: .utf8)
    #expect(receipt.contains("\"pairsSHA256\" : \""))
  }

  @Test func mistakes() throws {
    #expect(try iic("train", "iic.yaml", "--run", "run", "--set", "data.labels=[]", in: folder).status == 0)
    let unlabelled = try iic("embed", "run", "--out", "x.npy", "--labels-out", "y.npy", in: folder)
    #expect(unlabelled.status == 1 && unlabelled.errors == "iic: --labels-out: the data of run has no labels\n")
    #expect(!folder.exists("x.npy"))
    let nowhere = try iic("embed", "run", "--out", "none/x.npy", in: folder)
    #expect(nowhere.status == 1 && nowhere.errors.contains("none/x.npy: cannot be written"))
    #expect(try iic("embed", "data", "--out", "x.npy", in: folder).errors.contains("not a run folder"))
    #expect(try iic("embed", "run", in: folder).status == 64)
  }
}
