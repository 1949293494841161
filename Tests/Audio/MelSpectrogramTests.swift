import Foundation
import Testing
import Torch

@testable import AudioModality

@Suite struct MelSpectrogramTests {
  private struct Fixture: Decodable {
    let wave: [Float]
    let shape: [Int]
    let power: [Double]
  }

  @Test func agreesWithLibrosa() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url.appending(path: "mel.json")))
    let mel = MelSpectrogram(sampleRate: 8000, window: 256, hop: 96, bands: 20)
    let found = try mel(Tensor(fixture.wave, shape: [1, fixture.wave.count]))
    #expect(found.shape == [1, 1] + fixture.shape)
    let largest = fixture.power.max() ?? 0
    for (value, power) in zip(try found.doubles(), fixture.power) {
      #expect(abs(exp(value) - MelSpectrogram.floor - power) < 1e-4 * power + 1e-6 * largest)
    }
  }

  @Test func waveformsOfABatchAreComputedApart() throws {
    let mel = MelSpectrogram(sampleRate: 8000, window: 64, hop: 32, bands: 8)
    let waves = try RandomGenerator(seed: 1).normal([3, 400])
    let together = try mel(waves)
    for row in 0..<3 {
      let alone = try mel(waves.sliced(row..<(row + 1))).floats()
      let part = try together.sliced(row..<(row + 1)).floats()
      #expect(zip(alone, part).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }
}
