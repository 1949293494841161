import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct ResumeCheckTests {
  let runs: RunFixture

  init() throws { runs = try RunFixture() }

  /// What a checkpoint of the experiment says, but for what is given.
  private func state(
    _ experiment: Experiment, manifest: String? = nil, data: String? = nil, pairs: String? = nil,
    program: String = ProgramVersion.number, libtorch: String = Runtime.version, threads: Int = 1
  ) -> CheckpointState {
    let position = Initialisation.Position(
      restart: 0, epoch: 1, step: 0, loss: nil, begun: [], record: EpochRecord(restart: 0, epoch: 0), lowest: nil)
    return CheckpointState(
      manifest: manifest ?? experiment.resolvedYAML,
      dataSHA256: data ?? experiment.dataset.description.contentHash, pairsSHA256: pairs, program: program,
      swift: "0", libtorch: libtorch, threads: threads,
      training: TrainingState.Position(isTrying: false, current: position, best: nil),
      log: EpochLog.Position(), bestWeights: BestWeights.Position())
  }

  private func message(_ state: CheckpointState, _ experiment: Experiment) -> String? {
    do {
      try ResumeCheck(state, folder: "run").verify(experiment)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static let zeros = String(repeating: "0", count: 64)

  @Test func eachDifferenceIsSaid() throws {
    let experiment = try runs.experiment()
    #expect(message(state(experiment), experiment) == nil)
    let hash = experiment.dataset.description.contentHash.prefix(16)
    #expect(
      message(state(experiment, data: Self.zeros), experiment)
        == "run: the data are not the run's: SHA-256 was 0000000000000000…, is \(hash)…")
    #expect(
      message(state(experiment, pairs: Self.zeros), experiment)
        == "run: the table of pairs is not the run's: SHA-256 was 0000000000000000…, is absent")
    #expect(
      message(state(experiment, program: "0.1"), experiment)
        == "run: the run had iic 0.1, found \(ProgramVersion.number); with another version it would not go on as it "
        + "began; it can still be evaluated")
    #expect(
      message(state(experiment, libtorch: "1.0"), experiment)
        == "run: the run had libtorch 1.0, found \(Runtime.version); with another it would not go on as it began")
    #expect(
      message(state(experiment, threads: 3), experiment)
        == "run: the run had 3 threads, found 1; with others it would not go on as it began; set training.threads=3"
    )
  }

  /// The threads of a run that named none may be named later.
  @Test func threadsCountHoweverTheyComeAbout() throws {
    let experiment = try runs.experiment()
    let old = experiment.resolvedYAML.replacing("threads: 1\n", with: "threads: null\n")
    try #require(old != experiment.resolvedYAML)
    #expect(message(state(experiment, manifest: old), experiment) == nil)
    #expect(
      message(state(experiment, manifest: old, threads: 2), experiment)?.contains("the run had 2 threads") == true)
  }

  @Test func epochsMayGrowAndNotShrink() throws {
    let old = try state(runs.experiment(["training.epochs=6"]))
    for epochs in [6, 7] { #expect(try message(old, runs.experiment(["training.epochs=\(epochs)"])) == nil) }
    // The checkpoint is of the end of the first.
    for epochs in [1, 5] {
      let found = try #require(try message(old, runs.experiment(["training.epochs=\(epochs)"])))
      #expect(
        found
          == "run: the manifest is not the run's: training.epochs was 6, is \(epochs); only training.epochs may "
          + "grow and checkpoint may change")
    }
  }

  @Test func aChangedManifestIsRefusedWithTheDifferences() throws {
    let old = try state(runs.experiment())
    let new = try runs.experiment(["training.batch=100", "heads.main.clusters=4", "checkpoint.keep=7"])
    let found = try #require(message(old, new))
    #expect(found.contains("heads.main.clusters was 3, is 4; training.batch was 120, is 100;"), "\(found)")
    #expect(!found.contains("checkpoint.keep"))
  }

  @Test func anotherTableOfPairsIsRefused() throws {
    let table = runs.url("pairs.csv")
    func experiment(last: Int) throws -> Experiment {
      let rows = (0..<299).map { "\($0),\(($0 + 3) % 300)" } + ["299,\(last)"]
      try Data("left,right\n\(rows.joined(separator: "\n"))\n".utf8).write(to: table)
      return try runs.experiment(["pairs={source: \(table.path), names: row}"])
    }
    let first = try experiment(last: 2)
    let hash = try #require(first.pairsHash)
    let old = state(first, pairs: hash)
    #expect(message(old, first) == nil)
    let second = try experiment(last: 5)
    let other = try #require(second.pairsHash)
    #expect(
      message(old, second) == "run: the table of pairs is not the run's: SHA-256 was \(hash.prefix(16))…, is "
        + "\(other.prefix(16))…")
  }
}
