import Files
import Foundation
import Testing
import Torch

@testable import IICCore

/// The best weights stand in the run's folder and, as the same file, in each checkpoint that names them.
@Suite struct BestWeightsTests {
  let runs: RunFixture
  let place: RunFolder

  init() throws {
    runs = try RunFixture()
    place = runs.place("run")
  }

  private func hash(_ url: URL) throws -> String {
    let line = try ChecksumList.line(of: url.lastPathComponent, in: url.deletingLastPathComponent())
    return String(line.prefix(64))
  }

  @Test func aCheckpointNamesTheFile() throws {
    try runs.run("run")
    let newest = try runs.newest("run")
    let best = try #require(newest.best)
    #expect(try newest.state.bestWeights.sha256 == hash(place.bestWeights))
    #expect(try Data(contentsOf: best) == Data(contentsOf: place.bestWeights))
  }

  /// The first epoch's weights are in the first checkpoint, the second epoch's in the second.
  @Test func damagedOnesAreSeenAndTheCheckpointBeforeIsUsed() throws {
    try runs.run("run", ["training.epochs=1"])
    try runs.run("run", ["training.epochs=2"], resuming: true)
    try #require(try runs.newest("run").state.bestWeights.epoch == 1)
    try runs.flip(place.bestWeights)
    var notes: [String] = []
    let longer = try runs.run("run", resuming: true) { notes.append($0) }
    #expect(notes.count == 1 && notes[0].hasSuffix("is damaged: best.safetensors does not fit SHA256SUMS"))
    #expect(try longer == runs.run("whole"))
  }

  @Test func whereNoOtherCheckpointHasThemTheRunIsRefused() throws {
    try runs.run("run", ["training.epochs=1", "checkpoint.keep=1"])
    try runs.flip(place.bestWeights)
    var notes: [String] = []
    let error = #expect(throws: UserError.self) { try runs.run("run", resuming: true) { notes.append($0) } }
    #expect(error?.description.contains("no checkpoint can be read; nothing was changed") == true)
    #expect(notes.count == 1 && notes[0].hasSuffix("best.safetensors does not fit SHA256SUMS"))
  }

  /// A run that is killed between writing them and writing the checkpoint leaves those of a later epoch.
  @Test(arguments: [true, false]) func missingOrLaterOnesAreTheCheckpointsAgain(isLater: Bool) throws {
    let whole = try runs.run("whole")
    try runs.run("run", stopAfter: 8)
    let good = try Data(contentsOf: place.bestWeights)
    try FileManager.default.removeItem(at: place.bestWeights)
    if isLater { try FileManager.default.copyItem(at: runs.place("whole").bestWeights, to: place.bestWeights) }
    try runs.run("run", stopAfter: 1, resuming: true)
    #expect(try Data(contentsOf: place.bestWeights) == good)
    #expect(try runs.run("run", resuming: true) == whole)
  }
}
