import Foundation
import Testing

@testable import Media

/// `Fixtures/channels/make.py` says what the sounds are, and what the means of their channels, as NumPy has them.
@Suite struct ChannelMixTests {
  static let sounds = [
    "s16-1.wav", "s16-2.wav", "u8-2.wav", "s24-2.wav", "s32-2.wav", "f32-2.wav", "f64-3.wav", "beyond-2.wav",
    "s16-4.wav", "s24-6.wav", "s16-6.wav", "f32-8.wav", "s16-5.wav", "s16-12.wav", "s16-64.wav", "flac-2.flac",
    "flac-6.flac", "aiff-2.aiff", "w64-6.w64", "alac-2.m4a", "alac-6.m4a", "pcm-6.mka",
  ]

  private func expected(_ name: String) throws -> [Double] {
    let means = try JSONDecoder().decode([String: [Double]].self, from: Data(fixture("channels/means.json")))
    return try #require(means[name])
  }

  private func decoded(_ bytes: [UInt8], rate: Int = 8000) throws -> [Float] {
    try AudioDecoder.decode(bytes, name: "sound", sampleRate: rate, maximumSeconds: 9)
  }

  @Test(arguments: sounds) func oneChannelIsTheMeanOfAll(name: String) throws {
    let (samples, expected) = (try decoded(fixture("channels/\(name)")), try expected(name))
    try #require(samples.count >= expected.count)
    for (sample, mean) in zip(samples, expected) { #expect(abs(Double(sample) - mean) < 1e-6) }
    // A Wave64 is filled up to 8 bytes.
    #expect(samples.count == expected.count)
  }

  @Test func whatIsBeyondFullScaleIsKept() throws {
    #expect(try decoded(fixture("channels/beyond-2.wav")).contains { abs($0) > 1.5 })
  }

  /// A WAV of a loud tone in some channels, the others silent, 16 bits.
  private func tone(_ channels: [Bool], count: Int = 8000) -> [UInt8] {
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    var data: [UInt8] = []
    for place in 0..<count {
      let value = Int((0.95 * 32767 * sin(2 * .pi * 440 * Double(place) / 8000)).rounded())
      for isLoud in channels { data += little(isLoud ? value : 0, 2) }
    }
    let block = 2 * channels.count
    let format = little(1, 2) + little(channels.count, 2) + little(8000, 4) + little(8000 * block, 4)
    return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + format
      + little(block, 2) + little(16, 2) + Array("data".utf8) + little(data.count, 4) + data
  }

  /// Where the rate is converted as well, the mean of channels is that of one of them, as loud as it is.
  @Test func aMeanIsConvertedLikeOneChannel() throws {
    let one = try decoded(tone([true]), rate: 11025)
    let two = try decoded(tone([true, true]), rate: 11025)
    let six = try decoded(tone([true, false, true, false, false, true]), rate: 11025)
    try #require(one.count > 10_000 && two.count == one.count && six.count == one.count)
    #expect(abs((one.map(abs).max() ?? 0) - 0.95) < 0.01)
    for place in one.indices {
      #expect(abs(one[place] - two[place]) < 1e-5 && abs(one[place] / 2 - six[place]) < 1e-5)
    }
  }
}
