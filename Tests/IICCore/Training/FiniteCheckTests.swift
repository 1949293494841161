import Files
import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

/// What is said of numbers that are not finite: which tensor, which epoch, which step.
@Suite struct FiniteCheckTests {
  private let folder: TemporaryFolder
  private let state: TrainingState

  init() throws {
    folder = try TemporaryFolder()
    let experiment = try blobs(cache: SampleCache(folder: folder.url.appending(path: "cache")))
    state = try experiment.trainer().initialState()
  }

  private func tensor(_ name: String) throws -> Tensor {
    try #require(state.current.network.state.first { $0.name == name }).tensor
  }

  private func message(_ body: () throws -> Void) throws -> String {
    let error = #expect(throws: UserError.self) { try body() }
    return try #require(error).description
  }

  /// The encoder and the main head have no gradient, the bias before has a good one.
  @Test func aGradientIsNamedAmongParametersWithoutOne() throws {
    func check() throws { try state.current.checkGradients(state.current.optimizer.gradientSizes()) }
    state.current.record = EpochRecord(restart: 0, epoch: 1)
    let value = ObjectiveValue(total: try .zeros([1]), parts: [:])
    for _ in 0..<4 { try state.current.record.add(value, pairs: 1, rate: 0.1) }
    try check()
    let weight = try tensor("heads.auxiliary.weight")
    try (weight * 2).sum().backward()
    try check()
    try (tensor("heads.auxiliary.bias") * Double.infinity).sum().backward()
    let found = try message(check)
    #expect(found.hasPrefix("training: the gradient of heads.auxiliary.bias is not finite (epoch 2, step 4); "))
    try (tensor("encoder.0.bias") * Double.nan).sum().backward()
    let first = try message(check)
    #expect(first.hasPrefix("training: the gradient of encoder.0.bias is not finite (epoch 2, step 4); "))
  }

  @Test func aTensorIsNamedWithTheLastStepThatWasDone() throws {
    try state.checkFinite()
    let weight = try tensor("heads.main.weight")
    try weight.assign(weight * Double.nan)
    let value = ObjectiveValue(total: try .zeros([1]), parts: [:])
    state.current.record = EpochRecord(restart: 0, epoch: 2)
    for _ in 0..<5 { try state.current.record.add(value, pairs: 1, rate: 0.1) }
    (state.current.epoch, state.current.step) = (2, 3)
    let within = try message { try state.checkFinite() }
    #expect(within.hasPrefix("training: current.network.heads.main.weight is not finite (epoch 3, step 3); "))
    (state.current.epoch, state.current.step) = (3, 0)
    let between = try message { try state.checkFinite() }
    #expect(between.hasPrefix("training: current.network.heads.main.weight is not finite (epoch 3, step 5); "))
  }

  @Test func aLossIsNamedWithItsStep() throws {
    var record = EpochRecord(restart: 0, epoch: 1)
    let good = ObjectiveValue(total: try .zeros([1]), parts: ["main": try .zeros([2])])
    for _ in 0..<2 { try record.add(good, pairs: 1, rate: 0.1) }
    let bad = ObjectiveValue(total: try .zeros([1]), parts: ["main": try Tensor([0, .nan] as [Float], shape: [2])])
    let found = try message { try record.add(bad, pairs: 1, rate: 0.1) }
    #expect(found.hasPrefix("training: the loss of head main is not finite (epoch 2, step 3); "))
    #expect(record.steps == 2 && record.losses == ["main": [0, 0]])
  }
}
