import Files
import Foundation
import Testing

@testable import IICCore

/// Runs that are resumed before they have a checkpoint, or when it is gone.
@Suite struct FirstCheckpointTests {
  let runs: RunFixture
  let place: RunFolder

  init() throws {
    runs = try RunFixture()
    place = runs.place("run")
  }

  private func removeCheckpoints() throws {
    for name in try runs.checkpoints("run") {
      try FileManager.default.removeItem(at: place.checkpoints.appending(path: name))
    }
  }

  /// Stopped in the first epoch, and at its end, when the line of metrics is there and the checkpoint is not yet.
  @Test(arguments: [1, 6]) func aRunThatWasKilledBeforeItStartsAgain(stop: Int) throws {
    let whole = try runs.run("whole")
    try runs.run("run", stopAfter: stop)
    try removeCheckpoints()
    var notes: [String] = []
    let again = try runs.run("run", resuming: true) { notes.append($0) }
    #expect(again == whole)
    #expect(notes == ["\(place.path): no checkpoint was written yet; training starts at the beginning"])
  }

  @Test func aRunThatWasKilledBeforeItsFoldersWereMadeStartsAgain() throws {
    let whole = try runs.run("whole")
    try runs.run("run", stopAfter: 1)
    for file in [place.checkpoints, place.receipt] { try FileManager.default.removeItem(at: file) }
    #expect(try runs.run("run", resuming: true) == whole)
  }

  @Test func epochsMayGrowAndNotShrink() throws {
    try runs.run("run", stopAfter: 1)
    try removeCheckpoints()
    let shorter = #expect(throws: UserError.self) { try runs.run("run", ["training.epochs=3"], resuming: true) }
    #expect(shorter?.description.contains("training.epochs was 4, is 3") == true)
    let longer = try runs.run("run", ["training.epochs=5"], resuming: true)
    #expect(try longer == runs.run("whole", ["training.epochs=5"]))
  }

  @Test func anotherManifestIsRefusedWithTheDifference() throws {
    try runs.run("run", stopAfter: 6)
    try removeCheckpoints()
    let metrics = try Data(contentsOf: place.metrics)
    let error = #expect(throws: UserError.self) { try runs.run("run", ["training.batch=100"], resuming: true) }
    #expect(error?.description.contains("training.batch was 120, is 100") == true)
    #expect(!metrics.isEmpty)
    #expect(try Data(contentsOf: place.metrics) == metrics)
  }

  @Test func otherDataAreRefused() throws {
    try runs.run("run", stopAfter: 1)
    try removeCheckpoints()
    let hash = try runs.experiment().dataset.description.contentHash
    let receipt = try String(contentsOf: place.receipt, encoding: .utf8)
    try Data(receipt.replacing(hash, with: String(repeating: "0", count: 64)).utf8).write(to: place.receipt)
    let error = #expect(throws: UserError.self) { try runs.run("run", resuming: true) }
    #expect(
      error?.description == "\(place.path): the data are not the run's: SHA-256 was 0000000000000000…, is "
        + "\(hash.prefix(16))…")
  }

  /// With the folder of checkpoints removed nothing may be begun anew over what is there.
  @Test(arguments: [6, nil]) func whatWasTrainedIsNotOverwritten(stop: Int?) throws {
    try runs.run("run", stopAfter: stop)
    try FileManager.default.removeItem(at: place.checkpoints)
    let metrics = try Data(contentsOf: place.metrics)
    let error = #expect(throws: UserError.self) { try runs.run("run", resuming: true) }
    let found = stop == nil ? "a finished network" : "metrics of epochs"
    #expect(error?.description.contains("has \(found) and no checkpoint to go on from") == true)
    #expect(try Data(contentsOf: place.metrics) == metrics)
  }

  @Test func aFolderThatCannotBeReadIsNotTakenForAnEmptyOne() throws {
    try runs.run("run", stopAfter: 6)
    let metrics = try Data(contentsOf: place.metrics)
    try FileManager.default.removeItem(at: place.checkpoints)
    try Data().write(to: place.checkpoints)
    let error = #expect(throws: UserError.self) { try runs.run("run", resuming: true) }
    #expect(error?.description.contains("checkpoints: cannot be read") == true)
    #expect(!metrics.isEmpty)
    #expect(try Data(contentsOf: place.metrics) == metrics)
  }

  @Test func aRunIsNotBegunOverAnother() throws {
    let folder = try RunFolder.create(at: place.path)
    // Another process has been here since.
    try Data("name: other\n".utf8).write(to: folder.manifest)
    let training = TrainingRun(try runs.experiment(), in: folder)
    let error = #expect(throws: UserError.self) { _ = try training.start() }
    #expect(error?.description.contains("already holds a run") == true)
    #expect(try String(contentsOf: folder.manifest, encoding: .utf8) == "name: other\n")
  }

  @Test func aSecondProcessIsKeptOut() throws {
    let folder = try RunFolder.create(at: place.path)
    let lock = try RunLock(folder)
    let training = TrainingRun(try runs.experiment(), in: folder)
    let error = #expect(throws: UserError.self) { _ = try training.start() }
    #expect(error?.description.contains("another process is training") == true)
    withExtendedLifetime(lock) {}
  }
}
