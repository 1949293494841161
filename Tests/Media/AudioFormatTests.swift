import Testing

@testable import Media

/// `Fixtures/make_sounds.sh` says what the sounds are.
@Suite struct AudioFormatTests {
  /// What decoders give back without loss.
  static let lossless = ["chirp.wav", "chirp.flac", "chirp.aiff", "chirp.w64"]
  static let lossy = ["chirp.ogg", "chirp.opus", "chirp.mp3", "chirp.mka", "chirp.m4a"]

  private func decoded(_ bytes: [UInt8], rate: Int = 22050, seconds: Double = 9) throws -> [Float] {
    try AudioDecoder.decode(bytes, name: "sound", sampleRate: rate, maximumSeconds: seconds)
  }

  /// The samples of chirp.wav: behind 44 bytes, 16 bits each.
  private func chirp() throws -> [Float] {
    let data = Array(try fixture("chirp.wav").dropFirst(44))
    return stride(from: 0, to: data.count, by: 2).map { place in
      let word = UInt16(data[place]) | UInt16(data[place + 1]) << 8
      return Float(Int16(bitPattern: word)) / 32768
    }
  }

  /// The cosine of two sounds, 1 for equal ones.
  private func likeness(_ one: some Sequence<Float>, _ other: some Sequence<Float>) -> Double {
    var (product, left, right) = (0.0, 0.0, 0.0)
    for (a, b) in zip(one, other) {
      product += Double(a) * Double(b)
      left += Double(a) * Double(a)
      right += Double(b) * Double(b)
    }
    return product / (left * right).squareRoot()
  }

  @Test(arguments: lossless) func losslessFormatsGiveEverySample(name: String) throws {
    let (samples, expected) = (try decoded(fixture(name)), try chirp())
    #expect(expected.count == 6615)
    #expect(Array(samples.prefix(expected.count)) == expected)
    // A Wave64 is filled up to 8 bytes.
    #expect(samples.count - expected.count < (name == "chirp.w64" ? 4 : 1))
  }

  @Test(arguments: lossy) func lossyFormatsGiveTheSoundInTime(name: String) throws {
    let (samples, expected) = (try decoded(fixture(name)), try chirp())
    #expect(abs(samples.count - expected.count) < 700)
    try #require(samples.count > 6400)
    // Away from the ends, which encoders fade.
    #expect(likeness(samples[200..<6400], expected[200..<6400]) > 0.99)
  }

  @Test func soundGoesOnWhereChannelsChange() throws {
    let samples = try decoded(fixture("joined.mp3"))
    try #require(samples.count == 16128)
    #expect(samples.contains { abs($0) > 0.4 })
    #expect(likeness(samples[..<8064], samples[8064...]) > 0.99)
    // So it does where the rate is converted.
    let slower = try decoded(fixture("joined.mp3"), rate: 16000)
    #expect(abs(slower.count - 16128 * 16000 / 22050) < 64)
  }

  @Test func soundThatKeepsChangingIsRefused() throws {
    let bytes = try Array(repeatElement(fixture("joined.mp3"), count: 20).joined())
    let error = #expect(throws: MediaError.self) { try decoded(bytes, seconds: 60) }
    #expect(error?.message.contains("change more than 16 times") == true)
  }

  @Test func aRateOutOfRangeIsRefused() throws {
    let error = #expect(throws: MediaError.self) { try decoded(fixture("slow.flac"), seconds: 1) }
    #expect(error?.message.contains("1000 to 768000 samples a second") == true)
  }

  /// 55 bytes hold a minute; no more of it is kept than is asked for.
  @Test(arguments: [0.5, 1.25]) func aFrameIsKeptUpToTheLimit(seconds: Double) throws {
    let samples = try decoded(fixture("minute.flac"), rate: 192_000, seconds: seconds)
    #expect(samples.count == Int(seconds * 192_000))
    #expect(abs(samples[samples.count / 2] - 0.25) < 1e-3)
  }
}
