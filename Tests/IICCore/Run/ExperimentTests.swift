import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct ExperimentTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url)
  }

  @Test func thePrecisionThatWasChosenIsInTheManifestOfTheRun() throws {
    let chosen = try blobs(["training.precision=null"], cache: cache)
    #expect(chosen.resolvedYAML.contains("precision: \(chosen.precision.rawValue)\n"))
    let document = try ManifestDocument(text: chosen.resolvedYAML)
    let again = try Experiment(document, registry: Registry([BlobModality.self]), cache: cache)
    #expect(again.resolvedYAML == chosen.resolvedYAML)
  }

  @Test(arguments: Precision.allCases) func aPrecisionThatIsNamedIsTaken(precision: Precision) throws {
    let named = try blobs(["training.precision=\(precision.rawValue)"], cache: cache)
    #expect(named.precision == precision)
  }

  /// A manifest of data, k and epochs alone: what the data decides is in the manifest of the run.
  @Test(arguments: [(2000, "", 768), (511, "", 765), (100, "", 150), (100, ", repeats: 5", 250), (3, "", 6)])
  func aBatchThatIsNotNamedFitsTheData(count: Int, keys: String, batch: Int) throws {
    let text = """
      name: small
      modality: blobs
      data: {count: \(count)}
      heads: {main: {clusters: 2}}
      training: {epochs: 4, precision: float32, threads: 1\(keys)}
      """
    let experiment = try Experiment(
      ManifestDocument(text: text), registry: Registry([BlobModality.self]), cache: cache)
    #expect(experiment.configuration.training.batch == batch)
    for line in ["batch: \(batch)\n", "startFrom: auxiliary\n", "clusters: 10\n"] {
      #expect(experiment.resolvedYAML.contains(line))
    }
    _ = try experiment.plan()
  }

  /// Eight epochs, the main head from the fifth on: a quarter of its four epochs, and at least one, decides.
  @Test(arguments: [(8, "", 5), (40, "", 25), (8, "heads.main.start=0", 2), (2, "", 2)])
  func restartsAreComparedOnceTheMainHeadHasLearned(epochs: Int, key: String, chosen: Int) throws {
    let overrides = [
      "heads.main={clusters: 3, subheads: 2}", "training.epochs=\(epochs)", "training.restarts={count: 2}",
    ]
    let experiment = try blobs(overrides + (key.isEmpty ? [] : [key]), cache: cache)
    #expect(experiment.configuration.training.restarts.epochs == chosen)
    _ = try experiment.plan()
  }

  /// Who names an epoch to compare in, and not when the main head begins, has it begin in time.
  @Test func theMainHeadBeginsBeforeTheComparisonThatIsNamed() throws {
    let heads = ["heads.main={clusters: 3, subheads: 2}"]
    let early = try blobs(heads + ["training.restarts={count: 2, epochs: 3}"], cache: cache)
    #expect(early.configuration.heads.main.start == 0 && early.configuration.heads.main.startFrom == .random)
    let again = try Experiment(
      ManifestDocument(text: early.resolvedYAML), registry: Registry([BlobModality.self]), cache: cache)
    #expect(again.resolvedYAML == early.resolvedYAML)
    let late = try blobs(heads + ["training.restarts={count: 2, epochs: 5}"], cache: cache)
    #expect(late.configuration.heads.main.startFrom == .auxiliary)
    for experiment in [early, late] { _ = try experiment.plan() }
  }
}
