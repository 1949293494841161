import Foundation
import IICCore
import Testing

/// The manifests of samples whose data must be fetched, trained in short form on made-up data of the same form.
@Suite(.serialized) struct SampleTrainingTests {
  private let folder: Workspace

  init() throws { folder = try Workspace() }

  /// Trains the sample on `folder`'s data and returns the accuracy of the sub-head of lowest loss.
  private func accuracy(of sample: String, _ overrides: [String]) throws -> Double {
    let manifest = SampleTests.samples.appending(path: "\(sample)/iic.yaml").path(percentEncoded: false)
    let common = ["data.source=\(folder.path("made-up"))", "training.threads=1", "training.precision=float32"]
    let settings = (common + overrides).flatMap { ["--set", $0] }
    let outcome = try iic(["train", manifest, "--run", "run", "--json"] + settings, in: folder)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let byLoss = try #require(try outcome.json().first?["by_loss"] as? [String: Any])
    return try #require(byLoss["acc"] as? Double)
  }

  private func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    let place = folder.url.appending(path: "made-up/\(name)")
    try FileManager.default.createDirectory(
      at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: place)
  }

  /// Two languages whose words have syllables of their own.
  @Test func textFindsLanguages() throws {
    var numbers = RandomStream(seed: 1).numbers()
    func letter(_ letters: String) -> String { letters.randomElement(using: &numbers).map(String.init) ?? "" }
    for language in 0..<2 {
      let syllables = (0..<10).map { _ in letter("bdfgklmnprstvz") + letter("aeiou") + letter("lmnrst") }
      var text = ""
      for _ in 0..<90 {
        for _ in 0..<10 {
          for _ in 0..<Int.random(in: 1...3, using: &numbers) {
            text += syllables.randomElement(using: &numbers) ?? ""
          }
          text += " "
        }
        text += "\n"
      }
      try write(text.utf8, to: "\(language).txt")
    }
    let short = ["training.batch=60", "heads.main.clusters=2", "heads.auxiliary.clusters=6"]
    #expect(try accuracy(of: "text", short) > 0.95)
  }

  /// Three languages whose sounds have pitches of their own, in recordings of 0.8 to 1.6 s.
  @Test func audioFindsLanguages() throws {
    var numbers = RandomStream(seed: 1).numbers()
    for (language, pitches) in [200.0...500, 700...1300, 1800...3200].enumerated() {
      for recording in 0..<30 {
        var wave: [Int16] = []
        for _ in 0..<Int.random(in: 8...16, using: &numbers) {
          let turn = 2 * Double.pi * Double.random(in: pitches, using: &numbers) / 8000
          for sample in 0..<800 {
            wave.append(Int16(8000 * sin(turn * Double(sample))) + Int16.random(in: -80...80, using: &numbers))
          }
        }
        try write(wav(wave), to: "\(language)/\(recording).wav")
      }
    }
    let short = ["training.epochs=12", "training.batch=60"]
    #expect(try accuracy(of: "audio", short) > 0.95)
  }

  /// A WAV file of one channel with 8000 samples a second.
  private func wav(_ wave: [Int16]) -> [UInt8] {
    func little(_ values: Int...) -> [UInt8] {
      values.flatMap { value in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) } }
    }
    let data = wave.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    // Whole numbers (1), one channel; bytes a second; two bytes a sample, of 16 bits.
    return Array("RIFF".utf8) + little(36 + data.count) + Array("WAVEfmt ".utf8)
      + little(16, 1 | 1 << 16, 8000, 16000, 2 | 16 << 16) + Array("data".utf8) + little(data.count) + data
  }
}
