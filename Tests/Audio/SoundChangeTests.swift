import Foundation
import Testing
import Torch

@testable import AudioModality

@Suite struct SoundChangeTests {
  @Test func aStripeOfFramesIsHidden() throws {
    var change = SoundChange()
    change.timeMask = 0.5
    let spectra = try RandomGenerator(seed: 1).normal([200, 1, 6, 40])
    let masked = try change.masked(spectra, RandomGenerator(seed: 2))
    let same = try (masked - spectra).floats().map { abs($0) < 1e-6 }
    var hidden: [Int] = []
    for item in 0..<200 {
      let frames = (0..<40).map { frame in (0..<6).filter { !same[(item * 6 + $0) * 40 + frame] }.count }
      #expect(frames.allSatisfy { $0 == 0 || $0 == 6 })
      let places = frames.indices.filter { frames[$0] == 6 }
      let span = (places.last ?? -1) - (places.first ?? 0) + 1
      #expect(places.count == span)
      hidden.append(places.count)
    }
    let mean = Double(hidden.reduce(0, +)) / 200
    let most = hidden.max() ?? 0
    #expect(abs(mean - 10) < 1.5)
    #expect(most <= 21)
  }

  @Test func gainIsInDecibelsAndNoiseFollowsTheLoudness() throws {
    var change = SoundChange()
    change.gain = 6
    let waves = try Tensor.ones([500, 10])
    let gains = try change.changed(waves, RandomGenerator(seed: 3)).sliced(0..<1, along: 1).floats()
      .map { 20 * log10($0) }
    let (least, most) = (gains.min() ?? 0, gains.max() ?? 0)
    #expect(least >= -6.001 && most <= 6.001 && most > 5.5 && least < -5.5)
    change = SoundChange()
    change.noise = 1
    let silent = try change.changed(Tensor.zeros([3, 100]), RandomGenerator(seed: 4)).floats()
    #expect(Set(silent) == [0])
  }

  /// Bands that are hidden have the mean of the whole spectrogram; they lie side by side.
  @Test func aStripeOfBandsIsHidden() throws {
    var change = SoundChange()
    change.frequencyMask = 0.5
    let spectra = try RandomGenerator(seed: 1).normal([200, 1, 40, 6])
    let before = try spectra.floats()
    let after = try change.masked(spectra, RandomGenerator(seed: 2)).floats()
    var hidden: [Int] = []
    for item in 0..<200 {
      let start = item * 240
      let mean = before[start..<(start + 240)].reduce(0, +) / 240
      var bands: [Int] = []
      for band in 0..<40 {
        let places = (start + 6 * band)..<(start + 6 * band + 6)
        let isKept = places.allSatisfy { abs(after[$0] - before[$0]) < 1e-5 }
        let isHidden = places.allSatisfy { abs(after[$0] - mean) < 1e-5 }
        #expect(isKept || isHidden)
        if !isKept { bands.append(band) }
      }
      let span = (bands.last ?? -1) - (bands.first ?? 0) + 1
      #expect(bands.count == span)
      hidden.append(bands.count)
    }
    let mean = Double(hidden.reduce(0, +)) / 200
    let most = hidden.max() ?? 0
    #expect(abs(mean - 10) < 1.5)
    #expect(most > 15 && most <= 21)
  }

  /// The root mean square of what is added, as a part of the sound's, is drawn from 0 up to `noise` for each cut.
  @Test(arguments: [1, 0.01]) func noiseIsAdded(loudness: Double) throws {
    var change = SoundChange()
    change.noise = 0.5
    let waves = try RandomGenerator(seed: 5).normal([300, 1000]) * loudness
    let before = try waves.doubles()
    let after = try change.changed(waves, RandomGenerator(seed: 6)).doubles()
    var parts: [Double] = []
    var likeness = 0.0
    for item in 0..<300 {
      var (sound, noise, product) = (0.0, 0.0, 0.0)
      for place in (item * 1000)..<(item * 1000 + 1000) {
        let added = after[place] - before[place]
        sound += before[place] * before[place]
        noise += added * added
        product += added * before[place]
      }
      parts.append((noise / sound).squareRoot())
      likeness += product / (sound * noise).squareRoot() / 300
    }
    let mean = parts.reduce(0, +) / 300
    #expect(abs(mean - 0.25) < 0.04)
    #expect((parts.max() ?? 0) > 0.45 && (parts.max() ?? 1) < 0.55 && (parts.min() ?? 1) < 0.05)
    // It is not the sound itself, made louder.
    #expect(abs(likeness) < 0.02)
  }
}
