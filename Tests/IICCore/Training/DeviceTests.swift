import Files
import Foundation
import Manifest
import Testing
import TestSupport
import Torch

@testable import IICCore

/// Where a manifest has its network trained, and figures that are read later than they are asked for.
@Suite struct DeviceTests {
  private let folder: TemporaryFolder
  private var cache: SampleCache { SampleCache(folder: folder.url.appending(path: "cache")) }

  init() throws { folder = try TemporaryFolder() }

  @Test func otherDevicesAreRefused() throws {
    let error = #expect(throws: ManifestError.self) { try blobs(["training.device=tpu"], cache: cache) }
    #expect(
      error?.description
        == "--set training.device=tpu: found \"tpu\"; expected cpu, cuda, or cuda:N with the number of a CUDA device from "
        + "0")
  }

  @Test func aDeviceThatIsNotHereIsRefusedAtItsPlace() throws {
    let error = #expect(throws: ManifestError.self) { try blobs(["training.device=cuda:99"], cache: cache) }
    #expect(error?.description.hasPrefix("--set training.device=cuda:99: found \"cuda:99\"; expected cpu") == true)
  }

  /// As a device is read from: those of a step when the next one has been taken, and all when they are asked for.
  @Test func figuresAreTheSameHoweverLateTheyAreRead() throws {
    let experiment = try blobs(cache: cache)
    var records: [EpochRecord] = []
    for lag in [0, 1, 3] {
      let candidate = try experiment.trainer().initialState().current
      let generator = try RandomGenerator(seed: 5)
      for step in 0..<5 {
        let part = try generator.normal([2])
        let value = ObjectiveValue(total: try part.mean(), parts: ["main": part])
        let figures = try StepFigures(
          value, gradients: .zeros([3]), main: generator.uniform([6, 2, 3]), isLast: step == 4, pairs: 6, rate: 0.1)
        try candidate.add(figures, lag: lag)
        #expect(candidate.record.steps == max(0, step + 1 - lag))
      }
      try candidate.settle()
      #expect(candidate.record.steps == 5 && candidate.unread.isEmpty)
      records.append(candidate.record)
    }
    let lines = try records.map { try JSONEncoder.sorted.encode($0.metrics) }
    #expect(lines[0] == lines[1] && lines[0] == lines[2])
  }

  /// It is told of the step that it was in, though later ones have been taken.
  @Test func aBadNumberIsToldOfItsOwnStep() throws {
    let candidate = try blobs(cache: cache).trainer().initialState().current
    let count = candidate.network.parameters.count
    func figures(_ loss: Float, gradient: Float = 1) throws -> StepFigures {
      let part = try Tensor([loss], shape: [1])
      return try StepFigures(
        ObjectiveValue(total: part.mean(), parts: ["main": part]),
        gradients: Tensor([Float](repeating: gradient, count: count), shape: [count]), main: nil, isLast: false,
        pairs: 6, rate: 0.1)
    }
    try candidate.add(figures(1), lag: 2)
    try candidate.add(figures(1, gradient: .infinity), lag: 2)
    try candidate.add(figures(.nan), lag: 2)
    let gradient = #expect(throws: UserError.self) { try candidate.settle() }
    #expect(gradient?.description.contains("the gradient of") == true)
    #expect(gradient?.description.contains("(epoch 1, step 2)") == true)
    let loss = #expect(throws: UserError.self) { try candidate.settle() }
    #expect(loss?.description.contains("the loss of head main is not finite (epoch 1, step 3)") == true)
  }
}

extension JSONEncoder {
  fileprivate static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return encoder
  }
}
