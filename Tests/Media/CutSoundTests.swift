import Testing

@testable import Media

/// Sounds that end before they say they do.
@Suite struct CutSoundTests {
  private func decoded(_ bytes: some Sequence<UInt8>, seconds: Double = 9) throws -> [Float] {
    try AudioDecoder.decode(Array(bytes), name: "a.sound", sampleRate: 22050, maximumSeconds: seconds)
  }

  /// The chirp's WAV with another size of its data, 4 bytes from byte 40.
  private func wave(stating size: [UInt8]) throws -> [UInt8] {
    var bytes = try fixture("chirp.wav")
    bytes.replaceSubrange(40..<44, with: size)
    return bytes
  }

  private func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }

  @Test(arguments: AudioFormatTests.lossless + AudioFormatTests.lossy + ["mono.wav", "stereo.wav"], [0.5, 0.6])
  func aSoundCutShortIsAnError(name: String, part: Double) throws {
    let bytes = try fixture(name)
    let error = #expect(throws: MediaError.self) {
      try decoded(bytes.prefix(Int(part * Double(bytes.count))))
    }
    #expect(error?.name == "a.sound")
  }

  /// Formats that state sizes miss a few bytes, too.
  @Test(arguments: ["chirp.wav", "chirp.aiff", "chirp.w64", "chirp.opus", "chirp.m4a"])
  func fewMissingBytesAreAnError(name: String) throws {
    #expect(throws: MediaError.self) { try decoded(fixture(name).dropLast(8)) }
  }

  /// Byte 3718 is where the last frame of chirp.m4a begins: all before it are whole.
  @Test func anMP4CutBetweenFramesIsAnError() throws {
    let error = #expect(throws: MediaError.self) { try decoded(fixture("chirp.m4a").prefix(3718)) }
    #expect(error?.message.contains("cut short") == true)
  }

  @Test func whatIsMissingBehindTheKeptPartDoesNotMatter() throws {
    let bytes = try fixture("chirp.wav")
    let kept = try decoded(bytes.prefix(bytes.count / 2), seconds: 0.1)
    #expect(try kept == Array(decoded(bytes).prefix(2205)))
  }

  /// Programs that write to a pipe do not know the size when they state it.
  @Test(arguments: [[255, 255, 255, 255], [0, 0, 0, 0], [0, 0xF0, 0xFF, 0x7F]] as [[UInt8]])
  func aWaveWrittenOnTheFlyIsRead(size: [UInt8]) throws {
    #expect(try decoded(wave(stating: size)) == decoded(fixture("chirp.wav")))
  }

  @Test func aWaveThatStatesMoreThanItHasIsAnError() throws {
    #expect(throws: MediaError.self) { try decoded(wave(stating: little(13_230 + 2, 4))) }
  }

  /// RF64 states the size of its data in a chunk of its own.
  @Test func aLongWaveIsReadAndMissedParts() throws {
    let bytes = try fixture("chirp.wav")
    let count = bytes.count - 44
    let unknown = [UInt8](repeating: 255, count: 4)
    var long = Array("RF64".utf8) + unknown + Array("WAVEds64".utf8) + little(28, 4)
    // The sizes of the file and of the data, the number of samples, no table.
    for (value, size) in [(bytes.count + 28, 8), (count, 8), (count / 2, 8), (0, 4)] { long += little(value, size) }
    long += bytes[12..<40]
    long += unknown
    long += bytes[44...]
    #expect(try decoded(long) == decoded(bytes))
    #expect(throws: MediaError.self) { try decoded(long.prefix(long.count / 2)) }
  }
}
