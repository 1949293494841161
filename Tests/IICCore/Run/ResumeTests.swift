import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct ResumeTests {
  let runs: RunFixture

  init() throws { runs = try RunFixture() }

  /// Stops fall on steps, ends of epochs and between initialisations.
  @Test(arguments: [
    [], ["training.restarts={count: 2, epochs: 1}"], ["training.optimizer=sgd", "training.learningRate=0.001"],
    ["training.scheme=inTurn"],
    [
      "training.scheme=inTurn", "training.idleHeads=coast", "training.weightDecay=0.1", "heads.main.rate=3",
      "heads.auxiliary.rate=0.5",
    ], ["heads.main.start=0.25", "heads.main.startFrom=auxiliary"],
    [
      "data.train=200", "objective={name: classification, parts: [train], validation: 0.2}", "training.patience=2",
      "heads.auxiliary=null",
    ], ["objective={name: pseudo}", "heads.auxiliary=null"],
  ])
  func aStoppedRunEndsAsIfItHadNotBeenStopped(overrides: [String]) throws {
    let whole = try runs.run("whole", overrides)
    for stop in [1, 4, 5, 6, 8, 12] {
      try runs.run("stopped-\(stop)", overrides, stopAfter: stop)
      try runs.run("stopped-\(stop)", overrides, stopAfter: 3, resuming: true)
      let resumed = try runs.run("stopped-\(stop)", overrides, resuming: true)
      #expect(resumed == whole, "stopped after \(stop)")
    }
  }

  /// The last epoch's end, before the evaluation of the last weights, and before that of the best ones.
  @Test(arguments: [24, 25, 26]) func aSignalAtTheEndStopsTheRunToo(stop: Int) throws {
    let whole = try runs.run("whole")
    #expect(try runs.run("run", stopAfter: stop).isEmpty)
    #expect(try runs.newest("run").state.training.current.epoch == 4)
    let evaluation = runs.place("run").evaluation.path(percentEncoded: false)
    #expect(!FileManager.default.fileExists(atPath: evaluation))
    #expect(try runs.run("run", resuming: true) == whole)
    #expect(FileManager.default.fileExists(atPath: evaluation))
    // There is no further call.
    #expect(try runs.run("other", stopAfter: 27) == whole)
  }

  @Test func epochsMayGrow() throws {
    try runs.run("run", ["training.epochs=2"])
    let longer = try runs.run("run", ["training.epochs=5"], resuming: true)
    #expect(try longer == runs.run("whole", ["training.epochs=5"]))
  }

  /// Of 4 epochs of 5 steps it begins in the second; of 8 it would begin in the third.
  @Test(arguments: [8, 12]) func aHeadThatHasBegunGoesOnWhenEpochsGrow(stop: Int) throws {
    let heads = ["heads.main.start=0.25", "heads.main.startFrom=auxiliary", "training.schedule=constant"]
    try runs.run("run", heads, stopAfterSteps: stop)
    let longer = try runs.run("run", heads + ["training.epochs=8"], resuming: true)
    let planned = heads + ["heads.main.start=0.125", "training.epochs=8"]
    let whole = try runs.run("whole", planned)
    for (name, data) in longer { #expect(data == whole[name], "\(name)") }
  }

  @Test func fromTheCheckpointBeforeADamagedOneARunEndsTheSame() throws {
    let whole = try runs.run("whole")
    try runs.run("run", stopAfter: 4)
    try runs.run("run", stopAfter: 5, resuming: true)
    let both = try runs.checkpoints("run")
    try #require(both.count == 2)
    let (good, bad) = (both[0], both[1])
    try runs.flip(runs.place("run").checkpoints.appending(path: "\(bad)/state.safetensors"))
    var notes: [String] = []
    // The one checkpoint that this writes stands beside the good one: the damaged one is gone.
    try runs.run("run", stopAfter: 1, resuming: true) { notes.append($0) }
    #expect(notes.count == 1 && notes[0].hasSuffix("\(bad) is damaged: state.safetensors does not fit SHA256SUMS"))
    let kept = try runs.checkpoints("run")
    #expect(kept.count == 2 && kept[0] == good)
    for name in kept { _ = try Checkpoint(from: runs.place("run").checkpoints.appending(path: name)) }
    #expect(try runs.run("run", resuming: true) == whole)
  }
}
