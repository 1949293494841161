import Foundation
import Testing
import Torch

@testable import IICCore

@Suite struct CheckpointStoreTests {
  struct Halt: Error {}

  let runs: RunFixture

  init() throws { runs = try RunFixture() }

  @Test(arguments: [1, 2, 5]) func theLastOnesAreKept(keep: Int) throws {
    try runs.run("run", stopAfter: 1)
    let state = try runs.newest("run").state
    let training = try runs.experiment().trainer().initialState()
    let store = CheckpointStore(folder: runs.url("store/checkpoints"), keep: keep)
    try FileManager.default.createDirectory(at: runs.url("store"), withIntermediateDirectories: true)
    for _ in 0..<3 { try store.write(Checkpoint(training, state, best: runs.url("none"))) }
    let expected = Array(["00000001", "00000002", "00000003"].suffix(keep))
    let names = try FileManager.default.contentsOfDirectory(atPath: runs.url("store/checkpoints").path)
    #expect(names.sorted() == expected)
  }

  /// Halted by an error after the third step of five, with no checkpoint at an epoch's end before.
  @Test(arguments: [("1e-9", 3), ("1000", nil)] as [(String, Int?)])
  func minutesPassBetweenThem(minutes: String, step: Int?) throws {
    let experiment = try runs.experiment(["checkpoint.steps=null", "checkpoint.minutes=\(minutes)"])
    let place = try RunFolder.create(at: runs.place("run").path)
    #expect(throws: Halt.self) {
      _ = try TrainingRun(experiment, in: place).start(observe: { event in
        if case .step(3, _, _) = event { throw Halt() }
      })
    }
    let newest = try CheckpointStore(folder: place.checkpoints, keep: 2).newest().checkpoint
    #expect(newest?.state.training.current.step == step)
  }

  @Test func aFolderThatIsNotThereHoldsNone() throws {
    let found = try CheckpointStore(folder: runs.url("none"), keep: 2).newest()
    #expect(found.checkpoint == nil && found.passedOver.isEmpty)
  }
}
