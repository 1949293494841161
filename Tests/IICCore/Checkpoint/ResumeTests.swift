import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct ResumeTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  private func run(
    _ name: String, _ overrides: [String] = [], stopAfter: Int? = nil, resuming: Bool = false
  ) throws -> [String: Data] {
    let overrides = ["training.epochs=4", "checkpoint.steps=2"] + overrides
    let experiment = try blobs(overrides, cache: cache)
    let path = folder.url.appending(path: name).path
    let place = resuming ? try RunFolder.open(at: path) : try RunFolder.create(at: path)
    let training = TrainingRun(experiment, in: place)
    var steps = 0
    func shouldStop() -> Bool {
      steps += 1
      return steps == stopAfter
    }
    do {
      _ = resuming ? try training.resume(shouldStop: shouldStop) : try training.start(shouldStop: shouldStop)
    } catch is TrainingRun.Stopped {
      #expect(stopAfter != nil)
      return [:]
    }
    let names = ["weights.safetensors", "best.safetensors", "metrics.jsonl", "assignments.csv"]
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: place.url.appending(path: $0))) })
  }

  /// 300 items, 60 a step: 5 steps an epoch. Stops fall on steps, ends of epochs and between initialisations.
  @Test(arguments: [
    [], ["training.restarts={count: 2, epochs: 1}"], ["training.optimizer=sgd", "training.learningRate=0.001"],
    ["training.scheme=inTurn"], ["heads.main.start=0.25", "heads.main.startFrom=auxiliary"],
  ])
  func aStoppedRunEndsAsIfItHadNotBeenStopped(overrides: [String]) throws {
    let whole = try run("whole", overrides)
    for stop in [1, 4, 5, 7, 10] {
      _ = try run("stopped-\(stop)", overrides, stopAfter: stop)
      _ = try run("stopped-\(stop)", overrides, stopAfter: 3, resuming: true)
      let resumed = try run("stopped-\(stop)", overrides, resuming: true)
      #expect(resumed == whole, "stopped after \(stop)")
    }
  }

  @Test func epochsMayGrow() throws {
    _ = try run("run", ["training.epochs=2"])
    let longer = try run("run", ["training.epochs=5"], resuming: true)
    #expect(try longer == run("whole", ["training.epochs=5"]))
  }

  /// Of 4 epochs of 5 steps it begins in the second; of 8 it would begin in the third.
  @Test(arguments: [7, 10]) func aHeadThatHasBegunGoesOnWhenEpochsGrow(stop: Int) throws {
    let heads = ["heads.main.start=0.25", "heads.main.startFrom=auxiliary", "training.schedule=constant"]
    _ = try run("run", heads, stopAfter: stop)
    let longer = try run("run", heads + ["training.epochs=8"], resuming: true)
    let planned = heads + ["heads.main.start=0.125", "training.epochs=8"]
    #expect(try longer == run("whole", planned))
  }

  @Test func aChangedManifestIsRefusedWithTheDifference() throws {
    _ = try run("run", stopAfter: 3)
    let error = #expect(throws: DataError.self) {
      _ = try run("run", ["training.batch=100", "heads.main.clusters=4"], resuming: true)
    }
    #expect(error?.description.contains("heads.main.clusters was 3, is 4; training.batch was 120, is 100") == true)
  }

  @Test func fewerEpochsThanAreDoneAreRefused() throws {
    _ = try run("run")
    let error = #expect(throws: DataError.self) { _ = try run("run", ["training.epochs=2"], resuming: true) }
    #expect(error?.description.contains("training.epochs was 4, is 2") == true)
  }

  @Test func aRunThatWasKilledBeforeItsFirstCheckpointStartsAgain() throws {
    let whole = try run("whole")
    _ = try run("run", stopAfter: 1)
    try FileManager.default.removeItem(at: folder.url.appending(path: "run/checkpoints"))
    #expect(try run("run", resuming: true) == whole)
  }

  @Test func aSecondProcessIsKeptOut() throws {
    let place = try RunFolder.create(at: folder.url.appending(path: "run").path)
    let lock = try RunLock(place)
    let training = TrainingRun(try blobs(cache: cache), in: place)
    let error = #expect(throws: DataError.self) { _ = try training.start() }
    #expect(error?.description.contains("another process is training") == true)
    withExtendedLifetime(lock) {}
  }
}
