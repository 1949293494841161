import Archive
import Files
import IICCore
import Manifest
import Media
import Reading

/// The `data` section of an audio manifest.
struct AudioData: ManifestSection, Sendable {
  let source: DataSource
  let labels: EntryLabels
  let sampleRate: Int
  /// The longest part of a recording that is kept, from its beginning.
  let seconds: Double
  /// Shorter recordings are left out.
  let minSeconds: Double
  let onUndecodable: Undecodable

  /// The most bytes of a file: 512 MiB. Only its beginning is kept, but it is read whole.
  private static let fileLimit = 1 << 29
  /// The most samples of a recording, so that the recordings of a step fit into memory: 4 MiB each.
  private static let sampleLimit = 1 << 21

  /// What is decoded beyond `seconds`, to see whether a recording is longer; conversion of rates adds a little less.
  private static let margin = 0.1

  /// How recordings are kept.
  var waveforms: Waveforms { Waveforms(capacity: Int(seconds * Double(sampleRate))) }

  init(from section: SectionReader) throws(ManifestError) {
    source = try section.dataSource("archive, folder or file with recordings; their channels are averaged")
    labels = try EntryLabels(from: section)
    sampleRate = try section(
      "sampleRate", .integer(in: 1000...96000), default: 16000,
      "samples a second; recordings of other rates are converted")
    seconds = try section(
      "seconds", .number(in: 0.1...600), default: 10,
      "the longest part of a recording that is kept, from its beginning")
    minSeconds = try section("minSeconds", .number(in: 0...600), default: 0, "shorter recordings are left out")
    onUndecodable = try section.onUndecodable("what is done with a file that is no sound")
    try section.check(
      waveforms.capacity <= Self.sampleLimit, "seconds",
      "found \(seconds), which at \(sampleRate) samples a second are \(waveforms.capacity) samples; expected at most "
        + "\(Self.sampleLimit)")
    try section.check(
      minSeconds <= seconds, "minSeconds", "found \(minSeconds); expected at most seconds, which is \(seconds)")
  }

  func dataset(cache: SampleCache) throws -> Dataset {
    let decoding = "audio mean of channels \(labels.key) \(sampleRate) \(seconds) \(minSeconds) \(onUndecodable)"
    return try cache.dataset(sources: [(source, nil)], decoding: decoding) { writer in
      try decode(source, into: &writer)
    }
  }

  /// Reads one recording after another; no more than one is in memory.
  private func decode(_ source: DataSource, into writer: inout SampleWriter) throws -> DatasetDescription {
    let waveforms = waveforms
    var ids: [String] = [], classes: [String] = []
    var leftOut = LeftOut(), cut = LeftOut(), loud = LeftOut()
    try source.forEachEntry { entry in
      let bytes = try entry.readAll(limit: Self.fileLimit)
      let wave: [Float]
      do throws(ArchiveError) {
        wave = try decode(bytes, entry: entry.name)
      } catch {
        guard onUndecodable == .skip else {
          throw UserError("\(error); data.onUndecodable: skip leaves such files out")
        }
        leftOut.add(entry.name, because: "no sound: \(error.message)", behind: ids.count)
        return true
      }
      guard Double(wave.count) >= minSeconds * Double(sampleRate) else {
        leftOut.add(entry.name, because: "shorter than \(minSeconds) s", behind: ids.count)
        return true
      }
      if Double(wave.count) > (seconds + Self.margin / 2) * Double(sampleRate) {
        cut.add(entry.name, because: "only the first \(seconds) s")
      }
      let sample = waveforms.sample(wave)
      if sample.peak > 1 { loud.add(entry.name, because: "peaks beyond full scale, which is -1 to 1") }
      try writer.append(sample.bytes)
      ids.append(entry.name)
      classes.append(try labels.label(of: entry.name))
      return true
    }
    let notes =
      leftOut.notes(of: "files") + cut.notes(of: "recordings", "kept in part")
      + loud.notes(of: "recordings", "made quieter as a whole")
    guard !ids.isEmpty else {
      let found = "\(self.source.path): found no recording that can be used"
      throw UserError(([found] + notes).joined(separator: "; "))
    }
    var description = DatasetDescription(shape: [waveforms.sampleCount], element: .int16, ids: ids)
    description.notes = notes
    description.unread = leftOut.items
    if let classes = try labels.classes(classes, ids: ids) { description.setClasses(classes) }
    return description
  }

  private func decode(_ bytes: [UInt8], entry: String) throws(ArchiveError) -> [Float] {
    var message = "the sound holds values that are no numbers"
    do {
      let wave = try AudioDecoder.decode(
        bytes, name: entry, sampleRate: sampleRate, maximumSeconds: seconds + Self.margin)
      if wave.allSatisfy(\.isFinite) { return wave }
    } catch {
      message = error.message
    }
    throw ArchiveError(path: source.path, entry: entry, message: message)
  }
}
