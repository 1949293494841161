import Foundation
import IICCore
import Testing
import Torch

@testable import AudioModality

@Suite struct AudioViewTests {
  private let waveforms = Waveforms(capacity: 40_000)

  /// A ramp says by its values where a cut was taken.
  private func ramp(_ count: Int) throws -> Tensor {
    let bytes = waveforms.sample((0..<count).map { Float($0) / 40_000 })
    return try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: [1, 40_002], dtype: .int16) }
  }

  @Test(arguments: [1, 100, 32_767, 32_768, 40_000, 50_000])
  func theLengthIsKept(count: Int) throws {
    #expect(try waveforms.lengths(ramp(count)) == [min(count, 40_000)])
  }

  @Test func cutsLieWithinTheSoundAndDiffer() throws {
    var starts: Set<Int> = []
    let samples = try ramp(5000)
    for seed in 0..<200 {
      var numbers = RandomStream(seed: seed).numbers()
      let start = waveforms.randomStarts([5000], count: 800, using: &numbers)
      #expect((0...4200).contains(start[0]))
      starts.insert(start[0])
      let cut = try waveforms.cuts(samples, from: start, lengths: [5000], count: 800).floats()
      #expect(cut.count == 800 && abs(cut[0] - Float(start[0]) / 40_000) < 1e-4)
      #expect(abs(cut[799] - cut[0] - 799 / 40_000) < 1e-4)
    }
    #expect(starts.count > 150 && starts.contains { $0 < 800 } && starts.contains { $0 > 3400 })
  }

  @Test func aShortRecordingIsBegunAgain() throws {
    let cut = try waveforms.cuts(ramp(100), from: [60], lengths: [100], count: 250).floats()
    #expect(zip(cut, (0..<250).map { Float((60 + $0) % 100) / 40_000 }).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func aStripeOfFramesAndBandsIsHidden() throws {
    var change = SoundChange()
    (change.timeMask, change.frequencyMask) = (0.5, 0)
    let spectra = try RandomGenerator(seed: 1).normal([200, 1, 6, 40])
    let masked = try change.masked(spectra, RandomGenerator(seed: 2))
    let same = try (masked - spectra).floats().map { abs($0) < 1e-6 }
    var hidden: [Int] = []
    for item in 0..<200 {
      let frames = (0..<40).map { frame in (0..<6).filter { !same[(item * 6 + $0) * 40 + frame] }.count }
      #expect(frames.allSatisfy { $0 == 0 || $0 == 6 })
      let places = frames.indices.filter { frames[$0] == 6 }
      if let first = places.first, let last = places.last { #expect(places.count == last - first + 1) }
      hidden.append(places.count)
    }
    let mean = Double(hidden.reduce(0, +)) / 200
    #expect(abs(mean - 10) < 1.5 && hidden.max() ?? 0 <= 21)
  }

  @Test func gainIsInDecibelsAndNoiseFollowsTheLoudness() throws {
    var change = SoundChange()
    change.gain = 6
    let waves = try Tensor.ones([500, 10])
    let gains = try change.changed(waves, RandomGenerator(seed: 3)).sliced(0..<1, along: 1).floats()
      .map { 20 * log10($0) }
    #expect(gains.allSatisfy { abs($0) <= 6.001 } && (gains.max() ?? 0) > 5.5 && (gains.min() ?? 0) < -5.5)
    change = SoundChange()
    change.noise = 1
    let silent = try change.changed(Tensor.zeros([3, 100]), RandomGenerator(seed: 4)).floats()
    #expect(silent.allSatisfy { $0 == 0 })
  }
}
