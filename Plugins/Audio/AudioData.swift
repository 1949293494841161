import Archive
import IICCore
import Media

/// The `data` section of an audio manifest.
struct AudioData: ManifestSection, Sendable {
  enum Labels: String, CaseIterable { case none, folder }
  enum Undecodable: String, CaseIterable { case fail, skip }

  let source: String
  let labels: Labels
  let sampleRate: Int
  let seconds, minSeconds: Double
  let onUndecodable: Undecodable

  var waveforms: Waveforms { Waveforms(capacity: Int(seconds * Double(sampleRate))) }

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.path("source", "archive, folder or file with recordings")
    labels = try section.choice(
      "labels", default: .none, "folder: the class is the entry's first folder; used to evaluate, never to train")
    sampleRate = try section.integer("sampleRate", default: 16000, in: 1000...96000, "samples a second")
    seconds = try section.number("seconds", default: 10, in: 0.1...600, "the longest part that is kept, seconds")
    minSeconds = try section.number("minSeconds", default: 0, in: 0...600, "shorter recordings are left out")
    onUndecodable = try section.choice("onUndecodable", default: .fail, "what is done with a file that is no sound")
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let source = DataSource(path: source)
    let decoding = "audio \(labels) \(sampleRate) \(seconds) \(minSeconds) \(onUndecodable)"
    return try cache.dataset(sources: [(source, nil)], decoding: decoding) { writer in
      try decode(source, into: &writer)
    }
  }

  private func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> SampleDescription {
    let waveforms = waveforms
    var ids: [String] = []
    var folders: [String] = []
    var short = 0
    try source.forEachEntry { entry in
      let bytes = try entry.readAll(limit: 1 << 30)
      let wave: [Float]
      do {
        wave = try AudioDecoder.decode(
          bytes, name: "\(self.source), entry \"\(entry.name)\"", sampleRate: sampleRate, maximumSeconds: seconds)
      } catch {
        if onUndecodable == .skip { return true }
        throw DataError("\(error); data.onUndecodable: skip leaves such files out")
      }
      guard Double(wave.count) >= minSeconds * Double(sampleRate) else {
        short += 1
        return true
      }
      try writer.append(waveforms.sample(wave))
      ids.append(entry.name)
      folders.append(Self.folder(of: entry.name))
      return true
    }
    guard !ids.isEmpty else {
      throw DataError(
        "\(self.source): found no recording that can be used"
          + (short > 0 ? "; \(short) are shorter than minSeconds" : ""))
    }
    let names = Set(folders).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
    return SampleDescription(
      shape: [2 + waveforms.capacity], element: .int16, ids: ids,
      labels: labels == .folder ? folders.map { places[$0] ?? -1 } : nil)
  }

  private static func folder(of name: String) -> String {
    let parts = name.split(separator: "/").filter { $0 != "." }
    return parts.count > 1 ? String(parts[0]) : ""
  }
}
