import Foundation
import Testing

@testable import Media

/// `Fixtures/codings/make.py` says what the sounds are. SoX is the measure where it decodes them.
@Suite struct WaveCodingTests {
  private let expected: [String: [Int]]

  init() throws {
    expected = try JSONDecoder().decode([String: [Int]].self, from: Data(fixture("codings/samples.json")))
  }

  private func decoded(_ bytes: [UInt8]) throws -> [Float] {
    try AudioDecoder.decode(bytes, name: "a.wav", sampleRate: 8000, maximumSeconds: 9)
  }

  /// The last block may be filled up. Decoders round the steps of ADPCM differently, which adds up within a block.
  @Test(arguments: [
    ("tone.wav", 0), ("a-law.wav", 0), ("u-law.wav", 0), ("ms-adpcm.wav", 24), ("ima-adpcm.wav", 24),
    ("gsm.wav", 8),
  ])
  func aCodingIsDecodedAsSoXDoes(name: String, tolerance: Float) throws {
    let (samples, expected) = (try decoded(fixture("codings/\(name)")), try #require(expected[name]))
    try #require(samples.count >= 1000 && samples.count < 1700 && expected.count >= 1000)
    for (sample, value) in zip(samples, expected).prefix(1000) {
      #expect(abs(sample * 32768 - Float(value)) <= tolerance)
    }
  }

  @Test(arguments: ["g722.wav", "mp3.wav"]) func aLossyCodingIsTheTone(name: String) throws {
    let tone = try #require(expected["tone.wav"]).map { Float($0) / 32768 }
    let samples = try decoded(fixture("codings/\(name)"))
    try #require(samples.count > 700)
    let part = Array(tone[100..<700])
    // Coders delay: the best of all shifts.
    let likeness = (0...(samples.count - part.count)).map { shift -> Float in
      var (product, left, right): (Float, Float, Float) = (0, 0, 1e-9)
      for (one, other) in zip(part, samples[shift...]) {
        product += one * other
        left += one * one
        right += other * other
      }
      return product / (left * right).squareRoot()
    }
    #expect(likeness.max() ?? 0 > 0.98)
  }

  /// Bytes 20 and 21 say how a WAV is coded.
  @Test(arguments: [
    (0x22, "truespeech (DSP Group TrueSpeech)"), (0x270, "atrac3"), (0x161, "wmav2"), (0x7777, "0x7777"),
  ])
  func aCodingThatIsNotReadIsNamed(number: Int, name: String) throws {
    var bytes = try fixture("codings/gsm.wav")
    (bytes[20], bytes[21]) = (UInt8(number & 255), UInt8(number >> 8))
    let error = #expect(throws: MediaError.self) { try decoded(bytes) }
    #expect(error?.message.contains("found sound coded as") == true && error?.message.contains(name) == true)
    #expect(error?.message.contains("expected PCM, A-law, mu-law, ADPCM") == true)
  }

  @Test(arguments: ["a-law.wav", "ms-adpcm.wav", "ima-adpcm.wav", "gsm.wav", "g722.wav", "mp3.wav"])
  func aSoundCutShortIsAnError(name: String) throws {
    let bytes = try fixture("codings/\(name)")
    let error = #expect(throws: MediaError.self) { try decoded(Array(bytes.prefix(bytes.count * 6 / 10))) }
    #expect(error?.message.contains("cut short") == true)
  }

  @Test func aFilmWithoutSoundSaysSo() throws {
    let error = #expect(throws: MediaError.self) { try decoded(fixture("film.mp4")) }
    #expect(error?.message.hasPrefix("holds no sound; expected WAV") == true)
    let film = #expect(throws: MediaError.self) { _ = try VideoReader(fixture("chirp.m4a"), name: "a.mp4") }
    #expect(film?.message.hasPrefix("holds no pictures; expected MP4") == true)
  }
}
