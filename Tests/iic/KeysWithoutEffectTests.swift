import Foundation
import Testing

/// Keys of each kind of data that have no effect under another's value. A manifest is read before its data is opened, so
/// data that is missing is all that is wrong with one that is accepted.
@Suite(.serialized) struct KeysWithoutEffectTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let modality, key: String
    /// What deprives the key of its effect, and what gives it one.
    let without, with: [String]
    var testDescription: String { "\(modality) \(key)" }
  }

  private static let cases = [
    Case(modality: "image", key: "views.base.scale=[0.5, 1]", without: ["views.base.crop=20"], with: []),
    Case(
      modality: "image", key: "views.base.rotationProbability=0.5", without: [], with: ["views.base.rotation=10"]),
    Case(modality: "image", key: "views.base.randomPlace=1", without: ["views.base.scale=[1, 1]"], with: []),
    Case(
      modality: "image", key: "views.transformed.hue=0.1", without: ["data.format=folder", "data.channels=grey"],
      with: ["data.format=folder"]),
    Case(
      modality: "image", key: "views.base.saturation=0.1",
      without: ["data.format=webdataset", "data.channels=grey"], with: ["data.format=webdataset"]),
    Case(modality: "video", key: "data.shotThreshold=0.25", without: ["data.maxGap=0"], with: []),
    Case(modality: "video", key: "data.shotThreshold=0.5", without: ["pairs={source: pairs.csv}"], with: []),
    Case(modality: "video", key: "data.maxGap=2", without: ["pairs={source: pairs.csv}"], with: []),
    Case(modality: "video", key: "data.every=1", without: ["data.framesPerSecond=2"], with: []),
    Case(modality: "video", key: "views.transformed.saturation=0.2", without: ["data.color=grey"], with: []),
    Case(modality: "vector", key: "data.neighbours.k=20", without: ["data.pairs=itself"], with: []),
    Case(modality: "vector", key: "data.neighbours={metric: cosine}", without: ["data.pairs=itself"], with: []),
    Case(modality: "vector", key: "encoder.layers=2", without: ["encoder.name=linear"], with: []),
    Case(modality: "audio", key: "data.pattern=(a)", without: [], with: ["data.labels=name"]),
    Case(modality: "text", key: "encoder.kernel=3", without: [], with: ["encoder.name=convolution"]),
    Case(modality: "text", key: "data.tokens.buckets=9", without: ["data.tokens.kind=words"], with: []),
  ]

  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func errors(_ modality: String, _ overrides: [String]) throws -> String {
    // Only arrays name their entries.
    let isArray = modality == "image" && !overrides.contains { $0.hasPrefix("data.format") }
    let manifest = """
      name: keys
      modality: \(modality)
      data: {source: /no/such/source\(isArray ? ", images: x" : "")}
      heads: {main: {clusters: 2}}
      training: {epochs: 1}
      """
    try folder.write(Array(manifest.utf8), to: "keys.yaml")
    let outcome = try iic(["train", "keys.yaml"] + overrides.flatMap { ["--set", $0] }, in: folder)
    #expect(outcome.status == 1)
    return outcome.errors
  }

  @Test(arguments: cases) func areRefused(_ value: Case) throws {
    let refused = try errors(value.modality, value.without + [value.key])
    #expect(refused.hasPrefix("iic: --set \(value.key): "), "\(refused)")
    let words = ["which has no effect ", "does not use", "unknown key"]
    #expect(words.contains { refused.contains($0) }, "\(refused)")
    let accepted = try errors(value.modality, value.with + [value.key])
    #expect(accepted.contains("/no/such/source: No such file or directory"), "\(accepted)")
  }

  /// Without the key, what would deprive it of its effect is right.
  @Test(arguments: cases) func areNotMissed(_ value: Case) throws {
    let accepted = try errors(value.modality, value.without)
    #expect(accepted.contains("/no/such/source: No such file or directory"), "\(accepted)")
  }

  /// Whether images have colours is only seen when they are opened.
  @Test func onGreyDataTheyAreWarnedOf() throws {
    let settings = ["views.transformed.hue=0.1", "views.base.saturation=0.2", "training.epochs=1"]
    let outcome = try iic(
      ["train", "iic.yaml", "--run", "run"] + settings.flatMap { ["--set", $0] }, in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    for key in ["views.base.saturation", "views.transformed.hue"] {
      #expect(
        outcome.errors.contains(
          "iic: warning: \(key): has no effect on images of 1 channel; it needs red, green and blue\n"))
    }
  }

  /// A setting of the command line may take a key of the file its effect; the key is named.
  @Test func whatTheCommandLineDeprivesIsWarnedOf() throws {
    let text = Workspace.manifest().replacing(
      "  threads: 1", with: "  threads: 1\n  restarts: {count: 2, epochs: 1}")
    try folder.write(Array(text.utf8), to: "iic.yaml")
    let outcome = try iic("train", "iic.yaml", "--set", "training.restarts.count=1", in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.errors.contains(
        "iic: warning: iic.yaml:18: training.restarts.epochs: found \"1\", which has no effect with a single "
          + "initialisation, count: 1; leave the key out\n"), "\(outcome.errors)")
  }
}
