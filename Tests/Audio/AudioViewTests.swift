import Foundation
import IICCore
import Testing
import Torch

@testable import AudioModality

@Suite struct AudioViewTests {
  private let waveforms = Waveforms(capacity: 40_000)

  /// A ramp says by its values where a cut was taken.
  private func ramp(_ count: Int) throws -> Tensor {
    let bytes = waveforms.sample((0..<count).map { Float($0) / 40_000 }).bytes
    return try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: [1, 40_002], dtype: .int16) }
  }

  private func starts(_ length: Int, fractions: [Float]) throws -> [Int] {
    let lengths = try Tensor(Array(repeating: length, count: fractions.count))
    return try waveforms.starts(lengths, count: 800, fractions: Tensor(fractions, shape: [fractions.count]))
      .integers()
  }

  @Test(arguments: [1, 100, 32_767, 32_768, 40_000, 50_000])
  func theLengthIsKept(count: Int) throws {
    #expect(try waveforms.lengths(ramp(count)).integers() == [min(count, 40_000)])
  }

  /// What is cut off, the last value, does not count.
  @Test func whatIsTooLoudIsMadeQuieterAsAWhole() throws {
    let sample = Waveforms(capacity: 4).sample([2, -1, 0.5, 0, 100])
    let values = sample.bytes.withUnsafeBytes { Array($0.bindMemory(to: Int16.self)) }
    #expect(values == [4, 0, 32767, -16384, 8192, 0] && sample.peak == 2)
    let quiet = Waveforms(capacity: 4).sample([1, -0.5])
    #expect(quiet.bytes.withUnsafeBytes { Array($0.bindMemory(to: Int16.self)) } == [2, 0, 32767, -16384, 0, 0])
    #expect(quiet.peak == 1)
  }

  @Test func cutsStartEvenlyWithinTheSound() throws {
    let fractions = try RandomGenerator(seed: 1).uniform([20_000]).floats()
    let starts = try starts(5000, fractions: fractions)
    let (first, last) = (starts.min() ?? -1, starts.max() ?? -1)
    #expect(first >= 0 && first < 10 && last <= 4200 && last > 4190)
    // A quarter of the 4201 places gets a quarter of the draws: 5000, with a standard deviation of 61.
    for part in 0..<4 {
      let count = starts.count { $0 * 4 / 4201 == part }
      #expect(abs(count - 5000) < 300)
    }
    #expect(try self.starts(5000, fractions: [0, 0.999999]) == [0, 4200])
    // As long as a cut: one place. Shorter: any place in it.
    #expect(try self.starts(800, fractions: [0, 0.5, 0.999999]) == [0, 0, 0])
    #expect(try self.starts(100, fractions: [0, 0.5, 0.999999]) == [0, 50, 99])
  }

  @Test func aCutHoldsTheSoundFromItsStart() throws {
    let samples = try Tensor.concatenated([ramp(5000), ramp(40_000)])
    let cuts = try waveforms.cuts(
      samples, from: Tensor([4200, 37_777]), lengths: waveforms.lengths(samples), count: 800
    ).floats()
    #expect(cuts.count == 1600)
    for place in 0..<800 {
      #expect(abs(cuts[place] - Float(4200 + place) / 40_000) < 1e-4)
      #expect(abs(cuts[800 + place] - Float(37_777 + place) / 40_000) < 1e-4)
    }
  }

  @Test func aShortRecordingIsBegunAgain() throws {
    let cut = try waveforms.cuts(ramp(100), from: Tensor([60]), lengths: Tensor([100]), count: 250).floats()
    #expect(cut.count == 250)
    for (place, value) in cut.enumerated() {
      let expected = Float((60 + place) % 100) / 40_000
      #expect(abs(value - expected) < 1e-4)
    }
  }
}
