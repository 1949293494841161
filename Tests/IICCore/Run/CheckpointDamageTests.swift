import Files
import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct CheckpointDamageTests {
  let folder: TemporaryFolder
  let experiment: Experiment
  let store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    experiment = try blobs(["training.epochs=2"], cache: cache)
    let run = try RunFolder.create(at: folder.url.appending(path: "run").path)
    // A run ends when all is written, so that there is a checkpoint of each epoch.
    _ = try TrainingRun(blobs(["training.epochs=1"], cache: cache), in: run).start()
    _ = try TrainingRun(experiment, in: run).resume()
    store = CheckpointStore(folder: run.checkpoints, keep: 2)
  }

  private var newest: URL { store.folder.appending(path: "00000002") }

  private func files() throws -> [(url: URL, size: Int)] {
    try FileManager.default.contentsOfDirectory(at: newest, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }.map { ($0, try Data(contentsOf: $0).count) }
  }

  @Test func bothKeptCheckpointsAreWhole() throws {
    let found = try store.newest()
    #expect(
      found.checkpoint?.state.training.current.epoch == 2 && found.passedOver.isEmpty && found.damaged.isEmpty)
    // Each has best weights of its own, which the tests below change one by one.
    #expect(found.checkpoint?.state.bestWeights.epoch == 1)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: store.folder.path).sorted() == ["00000001", "00000002"])
  }

  @Test func everyFlippedByteIsDetectedAndTheOneBeforeUsed() throws {
    var numbers = SplitMix64(state: 7)
    for (url, size) in try files() {
      let good = try Data(contentsOf: url)
      for _ in 0..<70 {
        var bad = good
        bad[Int.random(in: 0..<size, using: &numbers)] ^= UInt8.random(in: 1...255, using: &numbers)
        try bad.write(to: url)
        let found = try store.newest()
        #expect(found.checkpoint?.state.training.current.epoch == 1)
        #expect(found.damaged.map(\.lastPathComponent) == ["00000002"])
        #expect(found.passedOver.count == 1 && found.passedOver[0].contains("00000002 is damaged"))
      }
      try good.write(to: url)
    }
  }

  @Test func everyTruncationIsDetected() throws {
    var numbers = SplitMix64(state: 8)
    for (url, size) in try files() {
      let good = try Data(contentsOf: url)
      for length in [0, size - 1] + (0..<18).map({ _ in Int.random(in: 0..<size, using: &numbers) }) {
        try good.prefix(length).write(to: url)
        #expect(
          try store.newest().checkpoint?.state.training.current.epoch == 1, "\(url.lastPathComponent) \(length)")
      }
      try FileManager.default.removeItem(at: url)
      #expect(try store.newest().checkpoint?.state.training.current.epoch == 1)
      try good.write(to: url)
    }
    #expect(try store.newest().passedOver.isEmpty)
  }

  @Test func whenAllAreDamagedTheRunIsLeftAsItIs() throws {
    for number in ["00000001", "00000002"] {
      try Data().write(to: store.folder.appending(path: "\(number)/SHA256SUMS"))
    }
    let run = try RunFolder.open(at: folder.url.appending(path: "run").path)
    var notes: [String] = []
    let error = #expect(throws: UserError.self) {
      _ = try TrainingRun(experiment, in: run).resume(note: { notes.append($0) })
    }
    #expect(error?.description.contains("no checkpoint can be read") == true)
    #expect(notes.count == 2)
  }

  @Test func aCheckpointOfAnotherVersionIsNotCalledDamaged() throws {
    let state = newest.appending(path: "state.json")
    let text = try String(contentsOf: state, encoding: .utf8)
    let old = text.replacing("\"version\" : \(CheckpointState.version)", with: "\"version\" : 1")
    #expect(old != text)
    try Data(old.replacing("\"begun\"", with: "\"other\"").utf8).write(to: state)
    let sums = try ChecksumList.lines(of: ["state.json", "state.safetensors", "best.safetensors"], in: newest)
    try sums.write(to: newest.appending(path: ChecksumList.name))
    let found = try store.newest()
    #expect(found.checkpoint?.state.training.current.epoch == 1 && found.damaged.isEmpty)
    #expect(found.passedOver.first?.contains("found layout 1; expected \(CheckpointState.version)") == true)
  }

  /// A state that is no longer finite must not replace a good one.
  @Test func whatIsNotFiniteIsNotWritten() throws {
    let trainer = try experiment.trainer()
    let state = try trainer.initialState()
    let weight = try #require(state.current.network.parameters.first)
    try weight.assign(weight * .infinity)
    let good = try #require(try store.newest().checkpoint)
    let error = #expect(throws: UserError.self) { _ = try Checkpoint(state, good.state, best: newest) }
    #expect(error?.description.contains("is not finite (epoch 1, step 0); ") == true)
  }
}
