import Files
import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct TrunkConfigurationTests {
  private let runs: RunFixture

  init() throws { runs = try RunFixture() }

  private func tensors(_ run: String) throws -> [String: Data] {
    try SafetensorsFile(contentsOf: runs.place(run).lastWeights).tensors.mapValues(\.bytes)
  }

  private func start(_ overrides: [String]) throws -> [String: [Float]] {
    let network = try runs.experiment(overrides).trainer().initialState().current.network
    return try Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, try $0.tensor.floats()) })
  }

  @Test func anEncoderBeginsAsARunsAndItsHeadsDoNot() throws {
    try runs.run("first")
    let weights = "trunk.weights=\(runs.place("first").lastWeights.path(percentEncoded: false))"
    let old = try tensors("first")
    // Another number of clusters does not matter.
    let new = try start([weights, "heads.main.clusters=4", "training.seed=5"])
    for (name, values) in new where !name.hasPrefix("heads.") {
      #expect(values.withUnsafeBytes { Data($0) } == old[name], "\(name)")
    }
    let drawn = try start(["heads.main.clusters=4", "training.seed=5"])
    #expect(new["heads.main.weight"] == drawn["heads.main.weight"])
    #expect(new["encoder.0.weight"] != drawn["encoder.0.weight"])
  }

  @Test func aFrozenEncoderStays() throws {
    try runs.run("first")
    let weights = "trunk.weights=\(runs.place("first").lastWeights.path(percentEncoded: false))"
    try runs.run("second", [weights, "trunk.frozen=[encoder]", "training.seed=3"])
    let (old, new) = (try tensors("first"), try tensors("second"))
    #expect(new["encoder.0.weight"] == old["encoder.0.weight"] && new["encoder.0.bias"] == old["encoder.0.bias"])
    #expect(new["normalisation.running_mean"] == old["normalisation.running_mean"])
    #expect(new["heads.main.weight"] != old["heads.main.weight"])
    try runs.run("third", [weights, "trunk.frozen=[encoder.0.bias]", "training.seed=3"])
    let part = try tensors("third")
    #expect(part["encoder.0.bias"] == old["encoder.0.bias"] && part["encoder.0.weight"] != old["encoder.0.weight"])
    #expect(part["normalisation.running_mean"] != old["normalisation.running_mean"])
    try runs.run("fourth", [weights, "trunk.statistics=running", "training.seed=3"])
    let running = try tensors("fourth")
    #expect(running["normalisation.running_mean"] == old["normalisation.running_mean"])
    #expect(running["encoder.0.weight"] != old["encoder.0.weight"])
  }

  /// Adam's first step is the learning rate, whatever the gradient.
  @Test func theEncoderMovesByItsOwnRate() throws {
    let before = try start([])
    try runs.run("slow", ["trunk.rate=0.01", "training.epochs=1"])
    try runs.run("same", ["training.epochs=1"])
    func distance(_ run: String) throws -> Float {
      let bytes = try #require(try tensors(run)["encoder.0.weight"])
      let after = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      let old = try #require(before["encoder.0.weight"])
      return zip(after, old).map { abs($0 - $1) }.max() ?? 0
    }
    #expect(try distance("slow") < 0.02 * distance("same"))
    #expect(try distance("slow") > 0)
  }

  @Test func aFileThatDoesNotFitIsRefusedWithTheNamesOfItsTensors() throws {
    var file = SafetensorsFile()
    file.tensors["encoder.0.weight"] = .init(dtype: .float32, shape: [1], bytes: Data(count: 4))
    file.tensors["encoder.9.weight"] = .init(dtype: .float32, shape: [1], bytes: Data(count: 4))
    let url = runs.url("other.safetensors")
    try file.write(to: url)
    let error = #expect(throws: (any Error).self) {
      try runs.experiment(["trunk.weights=\(url.path(percentEncoded: false))"]).trainer().initialState()
    }
    let text = error.map { "\($0)" } ?? ""
    for name in ["encoder.0.weight", "encoder.0.bias", "normalisation.running_mean", "encoder.9.weight"] {
      #expect(text.contains(name), "\(text)")
    }
  }

  @Test func aRunWithATrunkGoesOnWithoutItsFile() throws {
    try runs.run("first")
    let weights = runs.place("first").lastWeights
    let setting = "trunk.weights=\(weights.path(percentEncoded: false))"
    let whole = try runs.run("whole", [setting])
    try runs.run("stopped", [setting], stopAfter: 8)
    try FileManager.default.removeItem(at: weights)
    #expect(try runs.run("stopped", [setting], resuming: true) == whole)
  }

  @Test func aHiddenLayerIsPartOfTheHead() throws {
    let whole = try runs.run("hidden", ["heads.main.hidden=5", "heads.auxiliary=null"])
    let tensors = try SafetensorsFile(contentsOf: runs.place("hidden").lastWeights).tensors
    #expect(tensors["heads.main.hidden.linear.weight"]?.shape == [5, 32])
    #expect(tensors["heads.main.weight"]?.shape == [6, 5])
    #expect(tensors["heads.main.hidden.norm.running_var"]?.shape == [5])
    try runs.run("stopped", ["heads.main.hidden=5", "heads.auxiliary=null"], stopAfter: 7)
    #expect(
      try runs.run("stopped", ["heads.main.hidden=5", "heads.auxiliary=null"], resuming: true) == whole)
    let error = #expect(throws: (any Error).self) {
      try runs.experiment(["heads.main={clusters: 3, subheads: 2, hidden: 4, start: 0.5, startFrom: auxiliary}"])
    }
    #expect(error.map { "\($0)".contains("heads.main.hidden: found 4") } == true)
  }
}
