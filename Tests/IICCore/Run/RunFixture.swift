import Foundation
import Testing
import TestSupport

@testable import IICCore

/// Runs of blobs in folders of a test's own: 4 epochs unless a test says otherwise, each of 5 steps of 60 items.
final class RunFixture {
  private let folder: TemporaryFolder
  private let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  func url(_ name: String) -> URL { folder.url.appending(path: name) }

  func place(_ name: String) -> RunFolder { RunFolder(url: url(name)) }

  func experiment(_ overrides: [String] = []) throws -> Experiment {
    try blobs(["training.epochs=4", "checkpoint.steps=2"] + overrides, cache: cache)
  }

  /// Runs, and returns the files that must repeat bit for bit; none of a run that stopped.
  ///
  /// - Parameter stopAfter: the call of `shouldStop` that says yes. It is asked after each step and each epoch, now and
  ///   then while clusters are merged, and twice at the end.
  @discardableResult func run(
    _ name: String, _ overrides: [String] = [], stopAfter: Int? = nil, stopAfterSteps: Int? = nil,
    resuming: Bool = false, note: (String) -> Void = { _ in }
  ) throws -> [String: Data] {
    let path = url(name).path(percentEncoded: false)
    let place = resuming ? try RunFolder.open(at: path) : try RunFolder.create(at: path)
    let training = TrainingRun(try experiment(overrides), in: place)
    var calls = 0, steps = 0
    func shouldStop() -> Bool {
      calls += 1
      // The step that is asked about is seen afterwards.
      return calls == stopAfter || steps + 1 == stopAfterSteps
    }
    func observe(_ event: TrainingEvent) { if case .step = event { steps += 1 } }
    do {
      _ =
        resuming
        ? try training.resume(shouldStop: shouldStop, note: note, observe: observe)
        : try training.start(shouldStop: shouldStop, observe: observe)
    } catch is Trainer.Stopped {
      #expect(stopAfter != nil || stopAfterSteps != nil)
      return [:]
    }
    let names = ["weights.safetensors", "best.safetensors", "metrics.jsonl", "assignments.csv"]
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: place.url.appending(path: $0))) })
  }

  /// The names of a run's checkpoints, in order.
  func checkpoints(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: place(name).checkpoints.path(percentEncoded: false))
      .sorted()
  }

  /// The newest checkpoint of a run.
  func newest(_ name: String) throws -> Checkpoint {
    try #require(try CheckpointStore(folder: place(name).checkpoints, keep: 2).newest().checkpoint)
  }

  /// Changes one byte of a file where it stands.
  func flip(_ url: URL) throws {
    let handle = try FileHandle(forUpdating: url)
    defer { try? handle.close() }
    let place = try handle.seekToEnd() / 2
    try handle.seek(toOffset: place)
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: place)
    try handle.write(contentsOf: Data([byte ^ 1]))
  }
}
