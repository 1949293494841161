import Foundation
import IICCore
import Testing
import Torch

@testable import AudioModality

/// Three kinds of sound: a low tone, a high tone, noise. Each recording has its own pitch and length.
@Suite struct AudioModalityTests {
  let folder = FileManager.default.temporaryDirectory.appending(path: "iic-audio-\(UUID().uuidString)")

  init() throws {
    var numbers = RandomStream(seed: 5).numbers()
    for (place, name) in ["low", "high", "noise"].enumerated() {
      let inner = folder.appending(path: "data/\(name)")
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      for item in 0..<20 {
        let pitch = [200.0, 1500, 0][place] * Double.random(in: 0.9...1.1, using: &numbers)
        let wave = (0..<Int.random(in: 3000...8000, using: &numbers)).map { sample in
          place == 2
            ? Float.random(in: -0.3...0.3, using: &numbers)
            : Float(0.3 * sin(2 * .pi * pitch * Double(sample) / 8000))
              + Float.random(in: -0.01...0.01, using: &numbers)
        }
        try Self.wav(wave).write(to: inner.appending(path: "\(item).wav"))
      }
    }
  }

  private static func wav(_ wave: [Float]) -> Data {
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    let data = wave.flatMap { little(Int(Int16($0 * 32767)) & 0xFFFF, 2) }
    let format =
      little(16, 4) + little(1, 2) + little(1, 2) + little(8000, 4) + little(16000, 4) + little(2, 2)
      + little(16, 2)
    return Data(
      Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + format + Array("data".utf8)
        + little(data.count, 4) + data)
  }

  private func experiment(_ overrides: [String] = []) throws -> Experiment {
    let text = """
      name: sounds
      modality: audio
      data: {source: data, labels: folder, sampleRate: 8000, seconds: 1}
      views: {seconds: 0.25, bands: 16, window: 128, hop: 64, transformed: {gain: 3, noise: 0.02}}
      heads: {main: {clusters: 3, subheads: 3}, auxiliary: {clusters: 6, subheads: 3}}
      training:
        {epochs: 24, batch: 40, repeats: 2, learningRate: 0.002, threads: 1, precision: float32,
         restarts: {count: 4, epochs: 6}}
      """
    let document = try ManifestDocument(text: text, source: "a.yaml", folder: folder.path, overrides: overrides)
    return try Experiment(
      document, registry: ModalityRegistry([AudioModality.self]),
      cache: SampleCache(folder: folder.appending(path: "cache")))
  }

  @Test func kindsOfSoundAreFound() throws {
    let experiment = try experiment()
    #expect(experiment.dataset.count == 60 && experiment.dataset.labels?.max() == 2)
    let network = try experiment.train { _ in }
    let report = try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
    #expect(try #require(report.byLoss.acc) > 0.9)
  }

  @Test func aFileThatIsNoSoundIsNamedOrSkipped() throws {
    try Data("no sound".utf8).write(to: folder.appending(path: "data/low/bad.wav"))
    let error = #expect(throws: DataError.self) { _ = try experiment() }
    #expect(error?.description.contains("entry \"low/bad.wav\"") == true)
    #expect(try experiment(["data.onUndecodable=skip"]).dataset.count == 60)
  }

  @Test func dataWithoutSoundIsRefused() throws {
    let error = #expect(throws: DataError.self) { _ = try experiment(["data.minSeconds=5"]) }
    #expect(error?.description.contains("60 are shorter than minSeconds") == true)
  }
}
