import Foundation
import Testing
import Torch

@testable import AudioModality

@Suite struct MelSpectrogramTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let rate, window, hop, bands, frames: Int
      let power: [Double]
    }
    let wave: [Float]
    let cases: [Case]
  }

  private func fixture() throws -> Fixture {
    let url = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url.appending(path: "mel.json")))
  }

  @Test func agreesWithLibrosa() throws {
    let fixture = try fixture()
    #expect(fixture.cases.count == 3)
    for one in fixture.cases {
      let mel = MelSpectrogram(
        sampleRate: one.rate, window: one.window, hop: one.hop, bands: one.bands, floor: 1e-12)
      let found = try mel(Tensor(fixture.wave, shape: [1, fixture.wave.count]))
      #expect(found.shape == [1, 1, one.bands, one.frames])
      #expect(mel.frames(of: fixture.wave.count) == one.frames && mel.emptyBand == nil)
      #expect(one.power.count == one.bands * one.frames)
      let powers = try found.doubles().map { exp($0) * mel.floor }
      #expect(zip(powers, one.power).allSatisfy { abs($0 - $1) / $1 < 1e-4 })
    }
  }

  @Test func silenceAndWhatIsBelowTheFloorIsZero() throws {
    let mel = MelSpectrogram(sampleRate: 8000, window: 64, hop: 32, bands: 8, floor: 1e-3)
    #expect(try Set(mel(Tensor.zeros([2, 400])).floats()) == [0])
    #expect(try Set(mel(RandomGenerator(seed: 1).normal([2, 400]) * 1e-4).floats()) == [0])
  }

  @Test func aFactorOfTheWaveformIsASumInTheLogarithm() throws {
    let mel = MelSpectrogram(sampleRate: 8000, window: 64, hop: 32, bands: 8, floor: 1e-12)
    let wave = try RandomGenerator(seed: 1).normal([1, 400])
    let difference = try (mel(wave * 10) - mel(wave)).floats()
    #expect(difference.count == 8 * 13)
    #expect(difference.allSatisfy { abs($0 - log(100)) < 1e-3 })
  }

  @Test func waveformsOfABatchAreComputedApart() throws {
    let mel = MelSpectrogram(sampleRate: 8000, window: 64, hop: 32, bands: 8, floor: 1e-8)
    let waves = try RandomGenerator(seed: 1).normal([3, 400])
    let together = try mel(waves)
    for row in 0..<3 {
      let alone = try mel(waves.sliced(row..<(row + 1))).floats()
      let part = try together.sliced(row..<(row + 1)).floats()
      #expect(alone.count == 8 * 13 && part.count == alone.count)
      #expect(zip(alone, part).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  @Test func bandsWithoutAFrequencyAreNamed() {
    let narrow = MelSpectrogram(sampleRate: 16000, window: 128, hop: 32, bands: 128, floor: 1e-8)
    #expect(narrow.emptyBand == 0)
  }
}
