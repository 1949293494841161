import Foundation
import IICCore
import Manifest
import Testing
import Torch

@testable import AudioModality

/// Three kinds of sound: a low tone, a high tone, noise. Each recording has its own pitch and length.
@Suite final class AudioModalityTests {
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

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// A WAV file of one channel, 16-bit integers or 32-bit floating-point numbers.
  private static func wav(_ wave: [Float], isFloat: Bool = false) -> Data {
    func little(_ value: Int, _ bytes: Int) -> [UInt8] { (0..<bytes).map { UInt8(value >> (8 * $0) & 255) } }
    let size = isFloat ? 4 : 2
    let data = wave.flatMap {
      isFloat ? little(Int($0.bitPattern), 4) : little(Int(Int16($0 * 32767)) & 0xFFFF, 2)
    }
    let format =
      little(16, 4) + little(isFloat ? 3 : 1, 2) + little(1, 2) + little(8000, 4) + little(8000 * size, 4)
      + little(size, 2) + little(8 * size, 2)
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
      document, registry: Registry([AudioModality.self]),
      cache: SampleCache(folder: folder.appending(path: "cache")))
  }

  @Test func kindsOfSoundAreFound() throws {
    let experiment = try experiment()
    #expect(experiment.dataset.count == 60 && experiment.dataset.labels?.max() == 2)
    let network = try experiment.train { _ in }
    let report = try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
    #expect(try #require(report.byLoss.acc) > 0.9)
  }

  /// Of a recording's four cuts the first has a low tone, the others a high one.
  @Test func evaluationCutsDecideTogether() throws {
    var numbers = RandomStream(seed: 7).numbers()
    let mixed = (0..<8000).map { place in
      let pitch = place < 2000 ? 200.0 : 1500
      let tone = 0.3 * sin(2 * .pi * pitch * Double(place) / 8000)
      return Float(tone) + Float.random(in: -0.01...0.01, using: &numbers)
    }
    try Self.wav(mixed).write(to: folder.appending(path: "data/high/mixed.wav"))
    let experiment = try experiment()
    let network = try experiment.train { _ in }
    let assignments = try experiment.assignments(of: network)
    let found = assignments.clusters[assignments.bestByLoss]
    let ids = experiment.dataset.description.ids
    /// The cluster of most recordings of a kind.
    func cluster(of kind: String) -> Int? {
      let own = zip(ids, found).filter { $0.0.hasPrefix("\(kind)/") && $0.0 != "high/mixed.wav" }.map(\.1)
      return (0..<3).max { one, other in own.count { $0 == one } < own.count { $0 == other } }
    }
    let item = try #require(ids.firstIndex(of: "high/mixed.wav"))
    let views = try experiment.configuration.modality.evaluationViews(of: experiment.dataset.samples(at: [item]))
    let votes = try views.map { view in
      let outputs = try network.outputs(network.features(view, .evaluation), .evaluation)
      return try #require(outputs["main"]).argmax(along: 2).integers()[assignments.bestByLoss]
    }
    #expect(cluster(of: "low") != cluster(of: "high"))
    #expect(votes.count == 4 && votes.first == cluster(of: "low") && votes.last == cluster(of: "high"))
    #expect(found[item] == cluster(of: "high"))
  }

  /// What is exported of a recording is the mean of its four cuts' features.
  @Test func featuresOfCutsAreAveraged() throws {
    let experiment = try experiment(["encoder.pooling=all"])
    let network = try experiment.makeNetwork(random: RandomStream(seed: 1))
    let url = folder.appending(path: "features.npy")
    let width = try experiment.writeFeatures(of: network, to: url)
    let bytes = try Array(Data(contentsOf: url).dropFirst(128))
    let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    try #require(values.count == 60 * width)
    let samples = try experiment.dataset.samples(at: Array(0..<60)[...])
    let views = try experiment.configuration.modality.evaluationViews(of: samples)
    let features = try withoutGradients { () throws in
      try views.map { try network.features($0, .evaluation).doubles() }
    }
    #expect(features.map(\.count) == Array(repeating: 60 * width, count: 4))
    let isMean = values.indices.allSatisfy { place in
      let mean = features.reduce(0) { $0 + $1[place] } / 4
      return abs(Double(values[place]) - mean) < 1e-4 * max(1, abs(mean))
    }
    #expect(isMean)
  }

  @Test func recordingsThatAreKeptInPartAreNoted() throws {
    let whole = try experiment()
    #expect(whole.warnings.isEmpty)
    let lengths = try Waveforms(capacity: 8000).lengths(whole.dataset.samples(at: Array(0..<60)[...])).integers()
    // Half a second is 4000 samples; what is a twentieth longer is not taken for conversion's.
    let longer = lengths.count { $0 > 4400 }
    let cut = try experiment(["data.seconds=0.5"])
    #expect(longer > 0 && longer < 60 && cut.dataset.count == 60)
    #expect(cut.warnings.count == 1)
    #expect(cut.warnings.first?.contains("recordings kept in part, only the first 0.5 s: \(longer)") == true)
  }

  @Test func halfARecordingIsNamed() throws {
    let file = folder.appending(path: "data/low/0.wav")
    let bytes = try Data(contentsOf: file)
    try bytes.prefix(bytes.count / 2).write(to: file)
    let error = #expect(throws: ManifestError.self) { _ = try experiment() }
    #expect(error?.description.contains("low/0.wav\": the data are") == true)
    #expect(error?.description.contains("cut short") == true)
  }

  @Test func aFileThatIsNoSoundIsNamedOrSkipped() throws {
    let kinds: [(name: String, bytes: Data)] = [
      ("bad.wav", Data("no sound".utf8)), ("empty.wav", Data()),
      ("not-a-number.wav", Self.wav(Array(repeating: .nan, count: 100), isFloat: true)),
    ]
    for kind in kinds {
      let file = folder.appending(path: "data/low/\(kind.name)")
      try kind.bytes.write(to: file)
      let error = #expect(throws: ManifestError.self) { _ = try experiment() }
      #expect(error?.description.contains("entry \"low/\(kind.name)\"") == true)
      let skipped = try experiment(["data.onUndecodable=skip"])
      #expect(skipped.dataset.count == 60)
      #expect(skipped.warnings.count == 1 && skipped.warnings.first?.contains(kind.name) == true)
      try FileManager.default.removeItem(at: file)
    }
  }

  /// Floating-point numbers may be of any size.
  @Test func aRecordingBeyondFullScaleKeepsItsShape() throws {
    let wave = (0..<4000).map { Float(sin(2 * .pi * 300 * Double($0) / 8000)) }
    try Self.wav(wave.map { 0.5 * $0 }, isFloat: true).write(to: folder.appending(path: "data/low/half.wav"))
    try Self.wav(wave.map { 300 * $0 }, isFloat: true).write(to: folder.appending(path: "data/low/loud.wav"))
    let experiment = try experiment()
    #expect(experiment.warnings.count == 1)
    #expect(experiment.warnings.first?.hasPrefix("data: recordings made quieter as a whole, peaks") == true)
    #expect(experiment.warnings.first?.hasSuffix(": 1: \"low/loud.wav\"") == true)
    let ids = experiment.dataset.description.ids
    let items = try ["low/half.wav", "low/loud.wav"].map { try #require(ids.firstIndex(of: $0)) }
    let values = try experiment.dataset.samples(at: items[...]).integers()
    let (half, loud) = (values[2..<4002], values[(values.count / 2 + 2)..<(values.count / 2 + 4002)])
    let peak = wave.map(abs).max() ?? 0
    for (one, other) in zip(half, loud) { #expect(abs(Float(one) * 2 / peak - Float(other)) <= 2) }
    #expect(loud.max() == 32767)
  }

  /// Bytes 20 and 21 say how a WAV is coded.
  @Test func aCodingThatIsNotReadIsNamed() throws {
    var bytes = Self.wav([0, 0.5, 0, -0.5])
    bytes[20] = 0x22
    try bytes.write(to: folder.appending(path: "data/low/speech.wav"))
    let error = #expect(throws: ManifestError.self) { _ = try experiment() }
    let message = error?.description ?? ""
    #expect(message.contains("low/speech.wav\": found sound coded as truespeech"), "\(message)")
  }

  @Test func dataWithoutSoundIsRefused() throws {
    let error = #expect(throws: ManifestError.self) { _ = try experiment(["data.seconds=6", "data.minSeconds=5"]) }
    #expect(error?.description.contains("shorter than 5.0 s: 60") == true)
    let inner = folder.appending(path: "texts")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try Data("text".utf8).write(to: inner.appending(path: "a.txt"))
    let none = #expect(throws: ManifestError.self) {
      _ = try experiment(["data.source=\(inner.path)", "data.onUndecodable=skip"])
    }
    #expect(none?.description.contains("found no recording that can be used") == true)
  }

  @Test func classesComeFromFoldersOrNames() throws {
    let folders = try experiment()
    let names = try experiment(["data.labels=name", "data.pattern=^(low|high)/"])
    #expect(names.dataset.description.ids == folders.dataset.description.ids)
    let labels = try #require(names.dataset.labels)
    #expect(labels.count == 60 && folders.dataset.labels?.count == 60)
    for (id, label) in zip(names.dataset.description.ids, labels) {
      #expect(label == (id.hasPrefix("high") ? 0 : id.hasPrefix("low") ? 1 : -1))
    }
    // In the order of the folders' names.
    for (id, label) in zip(folders.dataset.description.ids, folders.dataset.labels ?? []) {
      #expect(label == (id.hasPrefix("high") ? 0 : id.hasPrefix("low") ? 1 : 2))
    }
    #expect(try experiment(["data.labels=none"]).dataset.labels == nil)
    let error = #expect(throws: ManifestError.self) {
      _ = try experiment(["data.labels=name", "data.pattern=speaker(.)"])
    }
    #expect(error?.description.contains("data.labels") == true)
  }

  @Test(arguments: [
    (["data.labels=name"], "data.pattern"), (["data.pattern=a"], "data.pattern"),
    (["data.labels=name", "data.pattern=("], "data.pattern"), (["data.minSeconds=2"], "data.minSeconds"),
    (["data.seconds=600"], "data.seconds"), (["views.seconds=1.5"], "data.seconds"),
    (["views.window=4096"], "window"), (["views.hop=1000"], "hop"), (["views.bands=200"], "bands"),
    (["views.window=101"], "views.window"),
  ])
  func aWrongKeyIsNamed(overrides: [String], mention: String) throws {
    let error = #expect(throws: ManifestError.self) { _ = try experiment(overrides) }
    #expect(error.map { "\($0)" }?.contains(mention) == true)
  }

  /// Half a second is 4000 samples of these.
  @Test func aRecordingOfTheLeastLengthIsKept() throws {
    for count in [3999, 4000] {
      let wave = [Float](repeating: 0.25, count: count)
      try Self.wav(wave).write(to: folder.appending(path: "data/low/of-\(count).wav"))
    }
    let ids = try experiment(["data.minSeconds=0.5"]).dataset.description.ids
    #expect(ids.contains("low/of-4000.wav") && !ids.contains("low/of-3999.wav"))
  }

  /// A sound that grows louder tells by its loudness where a cut was taken; without changes, and with a gain beside the
  /// same cut. The correlation of independent numbers has a standard deviation of one over the root of their count.
  @Test func changesDoNotFollowTheCut() throws {
    let wave = (0..<8000).map { place in
      Float(0.01 * exp(Double(place) / 2000) * sin(2 * .pi * 1000 * Double(place) / 8000))
    }
    try Self.wav(wave).write(to: folder.appending(path: "data/low/growing.wav"))
    let experiment = try experiment([
      "views={seconds: 0.1, bands: 16, window: 128, hop: 64, normalise: none, floor: 1e-12, transformed: {gain: 6}}"
    ])
    let item = try #require(experiment.dataset.description.ids.firstIndex(of: "low/growing.wav"))
    let samples = try experiment.dataset.samples(at: ArraySlice(Array(repeating: item, count: 400)))
    let modality = experiment.configuration.modality
    let random = RandomStream(seed: 3)
    func loudness(_ view: View) throws -> [Double] { try view.values.max([1, 2, 3]).doubles() }
    let places = try loudness(modality.baseView(of: samples, random: random))
    let gains = try zip(loudness(modality.transformedView(of: samples, random: random)), places).map { $0 - $1 }
    func centred(_ values: [Double]) -> [Double] { values.map { $0 - values.reduce(0, +) / Double(values.count) } }
    func product(_ one: [Double], _ other: [Double]) -> Double { zip(one, other).reduce(0) { $0 + $1.0 * $1.1 } }
    let (left, right) = (centred(places), centred(gains))
    // Twelve decibels apart, in natural logarithms of the power.
    try #require((gains.max() ?? 0) - (gains.min() ?? 0) > 2.5)
    #expect(abs(product(left, right)) < 5.0 / 20 * (product(left, left) * product(right, right)).squareRoot())
  }

  @Test func viewsAreCutsThatTheRandomStreamDraws() throws {
    let experiment = try experiment()
    let modality = experiment.configuration.modality
    let samples = try experiment.dataset.samples(at: [0, 25, 50])
    let one = try modality.baseView(of: samples, random: RandomStream(seed: 1)).values
    let again = try modality.baseView(of: samples, random: RandomStream(seed: 1)).values
    let other = try modality.baseView(of: samples, random: RandomStream(seed: 2)).values
    #expect(one.shape == [3, 1, 16, 32])
    #expect(try one.floats() == again.floats() && one.floats() != other.floats())
    let evaluated = try modality.evaluationViews(of: samples)
    #expect(evaluated.count == 4)
    #expect(try Set(evaluated.map { try $0.values.floats() }).count == 4)
  }
}
