import Foundation
import IICCore
import Manifest
import Testing
import TestSupport

@Suite struct LearningRateScheduleTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func schedule(_ text: String) throws -> LearningRateSchedule {
    try ManifestDocument(text: text, source: "a.yaml").read(LearningRateSchedule.self).configuration
  }

  @Test func withoutFurtherKeysTheRateFallsAsACosineDoes() throws {
    let schedule = try schedule("")
    #expect(schedule.rate(at: 0) == 2e-3)
    #expect(abs(schedule.rate(at: 0.5) - 2e-3 * 0.51) < 1e-9)
    #expect(schedule.shape == .cosine && schedule.finalFraction == 0.02)
  }

  @Test func aConstantRateHasNoLastRateOfItsOwn() throws {
    let schedule = try schedule("{learningRate: 0.3, schedule: constant}")
    for progress in [0, 0.5, 0.99, 1] { #expect(schedule.rate(at: progress) == 0.3) }
  }

  /// Half a cosine at the angles whose cosine is a fraction.
  @Test(arguments: [0, 0.02, 0.5]) func aCosineGoesFromTheRateToItsFraction(fraction: Double) throws {
    let schedule = try schedule("{learningRate: 0.2, schedule: cosine, finalLearningRate: \(fraction)}")
    for (progress, share) in [(0.0, 1.0), (1.0 / 3, 0.75), (0.5, 0.5), (2.0 / 3, 0.25), (1.0, 0.0)] {
      let expected = 0.2 * (fraction + (1 - fraction) * share)
      #expect(abs(schedule.rate(at: progress) - expected) < 1e-12)
    }
    let rates = (0...100).map { schedule.rate(at: Double($0) / 100) }
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func aCosineThatEndsWhereItBeginsIsConstant() throws {
    let schedule = try schedule("{learningRate: 0.2, schedule: cosine, finalLearningRate: 1}")
    for progress in [0, 0.3, 1] { #expect(abs(schedule.rate(at: progress) - 0.2) < 1e-12) }
  }

  @Test func whatIsNoScheduleIsRefused() {
    for text in ["schedule: linear", "finalLearningRate: 1.5", "finalLearningRate: -0.1", "learningRate: 0"] {
      let error = #expect(throws: ManifestError.self) { try schedule(text) }
      let key = text.prefix { $0 != ":" }
      #expect(error?.description.hasPrefix("a.yaml:1: \(key): found ") == true, "\(text)")
    }
    let error = #expect(throws: ManifestError.self) { try schedule("schedule: constant\nfinalLearningRate: 0.02") }
    #expect(
      error?.description == "a.yaml:2: finalLearningRate: found \"0.02\", which has no effect without schedule: "
        + "cosine; leave the key out")
  }

  /// Steps of 60 of 300 items: the record has the rate of an epoch's fifth step.
  @Test func theTrainerFollowsIt() throws {
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    let settings = ["schedule=cosine", "finalLearningRate=0.1", "learningRate=0.01", "epochs=4"]
    var rates: [Double] = []
    _ = try blobs(settings.map { "training.\($0)" }, cache: cache).train { event in
      if case .epoch(let record, _) = event { rates.append(record.learningRate) }
    }
    try #require(rates.count == 4)
    for (epoch, rate) in rates.enumerated() {
      let progress = (Double(epoch) + 0.8) / 4
      #expect(abs(rate - 0.01 * (0.1 + 0.9 * (1 + cos(.pi * progress)) / 2)) < 1e-12)
    }
  }
}
