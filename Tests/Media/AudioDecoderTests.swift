import Foundation
import Testing

@testable import Media

@Suite struct AudioDecoderTests {
  private func sine(_ count: Int, rate: Double, amplitude: Double = 0.5) -> [Double] {
    (0..<count).map { amplitude * sin(2 * .pi * 440 * Double($0) / rate) }
  }

  @Test func aSineComesBack() throws {
    let samples = try AudioDecoder.decode(
      fixture("mono.wav"), name: "mono.wav", sampleRate: 22050, maximumSeconds: 9)
    #expect(samples.count == 11025)
    #expect(zip(samples, sine(11025, rate: 22050)).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  @Test func resamplingKeepsTheSine() throws {
    let samples = try AudioDecoder.decode(
      fixture("mono.wav"), name: "mono.wav", sampleRate: 16000, maximumSeconds: 9)
    #expect(abs(samples.count - 8000) <= 32)
    // Away from the ends, where the filter has all it needs.
    for (place, value) in sine(7000, rate: 16000).enumerated() where place > 500 {
      #expect(abs(Double(samples[place]) - value) < 5e-3)
    }
  }

  /// The left channel is silent.
  @Test func stereoIsTheMean() throws {
    let samples = try AudioDecoder.decode(fixture("stereo.wav"), name: "s", sampleRate: 22050, maximumSeconds: 9)
    #expect(samples.count == 11025)
    #expect(zip(samples, sine(11025, rate: 22050, amplitude: 0.25)).allSatisfy { abs(Double($0) - $1) < 1e-4 })
  }

  @Test func whatIsLongerIsCutOff() throws {
    let samples = try AudioDecoder.decode(fixture("mono.wav"), name: "m", sampleRate: 22050, maximumSeconds: 0.1)
    #expect(samples.count == 2205)
  }

  @Test func whatIsNoSoundIsRefusedByName() throws {
    for bytes in [[], Array("text".utf8), try fixture("rgb.png"), Array(try fixture("mono.wav").prefix(30))] {
      let error = #expect(throws: MediaError.self) {
        try AudioDecoder.decode(bytes, name: "x.wav", sampleRate: 16000, maximumSeconds: 1)
      }
      #expect(error?.description.hasPrefix("x.wav: ") == true)
    }
  }

  /// Damage may be noticed or not; what comes out is a sound no longer than asked for, or an error with its name. The
  /// heads of the files, where a byte decides most, are damaged everywhere.
  @Test(arguments: ["mono.wav", "chirp.flac", "chirp.aiff", "chirp.w64", "codings/ms-adpcm.wav", "codings/gsm.wav"])
  func damageGivesASoundOrAnError(name: String) throws {
    let good = try Array(fixture(name).prefix(4000))
    for place in 0..<min(100, good.count) {
      for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
        var bad = good
        bad[place] = value
        do {
          let samples = try AudioDecoder.decode(bad, name: "x", sampleRate: 16000, maximumSeconds: 1)
          #expect(!samples.isEmpty && samples.count <= 16000)
        } catch {
          #expect(error.name == "x" && !error.message.isEmpty)
        }
      }
    }
    #expect(throws: MediaError.self) {
      try AudioDecoder.decode(Array(good.prefix(40)), name: "x", sampleRate: 16000, maximumSeconds: 1)
    }
  }

  /// Bytes that are changed at places of their own are a sound of at most the length asked for, or an error that names it.
  @Test(arguments: 0..<60) func flippedBytesNeverCrash(seed: Int) throws {
    var state = UInt64(seed) &* 2_862_933_555_777_941_757 &+ 3_037_000_493
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let good = try fixture("mono.wav")
    for count in 1...5 {
      var bad = good
      // Half of them in the header.
      for place in 0..<count { bad[next(place % 2 == 0 ? 44 : bad.count)] = UInt8(next(256)) }
      do {
        let sound = try AudioDecoder.decode(bad, name: "x", sampleRate: 16000, maximumSeconds: 0.25)
        #expect(!sound.isEmpty && sound.count <= 4000)
        #expect(sound.allSatisfy { $0.isFinite })
      } catch {
        #expect("\(error)".hasPrefix("x: ") && !"\(error)".contains("\n"), "\(error)")
      }
    }
  }
}
