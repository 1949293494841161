public import Archive
import Files
public import Foundation
import Reading

/// Decoded samples on disk, shared by runs.
///
/// An entry is a folder named by a hash of the sources' bytes and of how they are decoded. It is built beside its
/// place and renamed when whole, so an interrupted build never counts. When several processes need the same entry
/// at once, the first builds it and the others wait; should two build it after all, one result is kept.
///
/// **What is trusted.** The folder is the user's alone (mode 0700). Files that another user owns, folders that
/// another can open, links, files of another size than the description says or with another checksum than their `SHA256SUMS`
/// are not read but built anew. Two things are not hashed again: samples whose size, times of writing and of change
/// (in nanoseconds), inode and device are as they were when they were hashed, and sources of which that holds, too: see
/// `SourceRecord`.
public struct SampleCache: Sendable {
  /// Raised when the layout of an entry changes: older entries are then rebuilt.
  private static let version = 8
  static let samplesName = "samples.bin"
  static let descriptionName = "samples.json"
  /// Holds the stamp of the samples when their checksum was last compared.
  static let checkedName = "checked"

  /// What a run does with the cache, for whoever tells the user.
  public enum Event: Sendable {
    /// The sources with these paths are decoded, for they are not in the cache yet.
    case building(sources: [String])
    /// Another process builds the entry; this one waits for it.
    case waiting
    /// An entry was built.
    case built(SampleCacheEntry)
    /// An entry that was there is used.
    case used(SampleCacheEntry)
  }

  /// The folder that holds the entries.
  public let folder: URL
  /// How old a change to a source must be for it not to be hashed again, nanoseconds.
  var clockStep = SourceRecord.clockStep
  private let report: @Sendable (Event) -> Void

  /// A cache in a folder, which is made when needed; nil is `iic/samples` in the user's cache folder. `report` is
  /// told what happens.
  public init(folder: URL? = nil, report: @escaping @Sendable (Event) -> Void = { _ in }) {
    let environment = ProcessInfo.processInfo.environment
    let root =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0, directoryHint: .isDirectory) }
      ?? URL.homeDirectory.appending(path: ".cache")
    self.folder = folder ?? root.appending(path: "iic/samples")
    self.report = report
  }

  /// The dataset of `sources` decoded as `decoding` says, from the cache or else by `build`.
  ///
  /// Data that is in no files, from a database or made by a formula, has no `sources`. Its `contentHash` must then say
  /// which data it is, or `build` runs every time, and equal samples share an entry.
  ///
  /// - Parameters:
  ///   - sources: what is read, with the entries that matter, nil for all.
  ///   - decoding: every option that changes the samples, as text, and the version of the code that decodes, to be raised
  ///     when it makes other samples of the same bytes.
  ///   - fitted: what was fitted to other data and makes samples of this; nil fits anew. An entry to which the same was
  ///     fitted anew serves, too.
  ///   - contentHash: a text that is another whenever data that is not in `sources` is: a hash, a revision, a date.
  ///   - build: writes every sample to the writer, in order, and describes them.
  public func dataset(
    sources: [(source: DataSource, entries: [String]?)], decoding: String, fitted: FittedState? = nil,
    contentHash given: String? = nil, build: (inout SampleWriter) throws -> DatasetDescription
  ) throws -> Dataset {
    try prepareFolder()
    if let fitted {
      if let same = try known(sources, decoding, given), same.description.fitted == fitted { return same }
      let decoding = "\(decoding)\nfitted \(try fitted.hash())"
      return try dataset(sources: sources, decoding: decoding, contentHash: given, build: build)
    }
    if sources.isEmpty, given == nil { return try unnamedDataset(decoding: decoding, build) }
    let name = "\(Self.version)\n\(decoding)" + (given.map { "\n\($0)" } ?? "")
    let record = try SourceRecord(sources, decoding: name, clockStep: clockStep)
    // What a folder leaves out is not among the bytes that are hashed, so it is looked for each time.
    let notes = Self.leftOut(of: sources.map(\.source)) { $0.omissions.onDisk }.notes(of: "entries")
    if let known = places.first(where: record.isKept), var dataset = try? open(known) {
      touch(known)
      report(.used(SampleCacheEntry(url: known)))
      dataset.note(notes)
      return dataset
    }
    let contentHash = try Self.contentHash(sources, given)
    let url = try place(decoding, contentHash)
    var (dataset, isNew) = try openOrBuild(url, paths: sources.map(\.source.path)) { aside in
      let names = sources.isEmpty ? "data" : sources.map(\.source.path).joined(separator: ", ")
      var description = try samples(names, in: aside, build)
      description.contentHash = contentHash
      description.notes += Self.leftOut(of: sources.map(\.source)) { $0.omissions.inReading }.notes(of: "entries")
      try describe(description, decoding: decoding, sources: sources.map(\.source.path), in: aside)
      guard try record.stillHolds(sources) else { throw UserError("\(names): changed while it was read") }
    }
    // Had a source changed after it was hashed, the record would speak of other bytes than the hash.
    if try record.stillHolds(sources) { record.keep(in: url) }
    touch(url)
    let entry = SampleCacheEntry(url: url)
    report(isNew ? .built(entry) : .used(entry))
    dataset.note(notes)
    return dataset
  }

  /// The dataset of sources, if it is in the cache.
  private func known(
    _ sources: [(source: DataSource, entries: [String]?)], _ decoding: String, _ given: String?
  ) throws -> Dataset? {
    guard !sources.isEmpty || given != nil else { return nil }
    let url = try place(decoding, Self.contentHash(sources, given))
    guard var dataset = try? open(url) else { return nil }
    touch(url)
    report(.used(SampleCacheEntry(url: url)))
    dataset.note(Self.leftOut(of: sources.map(\.source)) { $0.omissions.onDisk }.notes(of: "entries"))
    return dataset
  }

  private static func contentHash(
    _ sources: [(source: DataSource, entries: [String]?)], _ given: String?
  ) throws -> String {
    let content = try SHA256()
    for (source, _) in sources where source.nameEncoding != nil {
      try Array("\(source.nameEncoding?.description ?? "")\n".utf8).withUnsafeBytes { try content.update($0) }
    }
    for (source, entries) in sources {
      try source.forEachChunkOnDisk(only: entries) { try content.update($0) }
    }
    if let given { try Array(given.utf8).withUnsafeBytes { try content.update($0) } }
    return try content.hexadecimal()
  }

  private static func leftOut(of sources: [DataSource], _ part: (DataSource) -> Omissions) -> LeftOut {
    var leftOut = LeftOut()
    for source in sources {
      leftOut.add(part(source), of: sources.count == 1 ? nil : URL(filePath: source.path).lastPathComponent)
    }
    return leftOut
  }

  /// The dataset that `build` makes, which alone knows what it is made of: its entry is named by the samples' own bytes.
  private func unnamedDataset(
    decoding: String, _ build: (inout SampleWriter) throws -> DatasetDescription
  ) throws -> Dataset {
    removeLeftovers()
    let aside = try CacheBuild(of: place(decoding, "unnamed"))
    defer { aside.remove() }
    report(.building(sources: []))
    var description = try samples("data", in: aside.url, build)
    let content = try ChecksumList.line(of: Self.samplesName, in: aside.url)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    description.contentHash = try SHA256.hash(
      of: content + String(decoding: try encoder.encode(description), as: UTF8.self))
    try describe(description, decoding: decoding, sources: [], in: aside.url)
    let url = try place(decoding, description.contentHash)
    let known = try? open(url)
    if known == nil { try aside.finish(at: url, isWhole: { (try? open($0)) != nil }) }
    touch(url)
    let entry = SampleCacheEntry(url: url)
    report(known == nil ? .built(entry) : .used(entry))
    return try known ?? open(url)
  }

  private func place(_ decoding: String, _ contentHash: String) throws(UserError) -> URL {
    try folder.appending(path: SHA256.hash(of: "\(Self.version)\n\(decoding)\n\(contentHash)"))
  }

  /// Writes the samples of a new entry.
  private func samples(
    _ names: String, in aside: URL, _ build: (inout SampleWriter) throws -> DatasetDescription
  ) throws -> DatasetDescription {
    var writer = try SampleWriter(url: aside.appending(path: Self.samplesName))
    let description = try build(&writer)
    guard !description.ids.isEmpty else { throw UserError("\(names): found no items") }
    try description.validate()
    try writer.finish(expected: description.ids.count * description.sampleByteCount)
    return description
  }

  /// Writes what is kept beside the samples.
  private func describe(_ description: DatasetDescription, decoding: String, sources: [String], in aside: URL)
    throws
  {
    try Self.write(JSONEncoder().encode(description), to: aside.appending(path: Self.descriptionName))
    let about = SampleCacheEntry.About(decoding: decoding, sources: sources, description)
    try Self.write(JSONEncoder().encode(about), to: aside.appending(path: SampleCacheEntry.aboutName))
    let lines = try [Self.descriptionName, Self.samplesName].map { try ChecksumList.line(of: $0, in: aside) }
    try Self.write(Data(lines.joined().utf8), to: aside.appending(path: ChecksumList.name))
    note(try PrivateFile(aside.appending(path: Self.samplesName)), have: lines[1], in: aside)
  }

  static func write(_ data: Data, to url: URL) throws(UserError) {
    do {
      try WholeFile.write([data], to: url)
    } catch {
      throw UserError("\(url.path(percentEncoded: false)): the sample cache cannot be written: \(error)")
    }
  }

  private func openOrBuild(
    _ entry: URL, paths: [String], _ build: (URL) throws -> Void
  ) throws -> (dataset: Dataset, isNew: Bool) {
    if let dataset = try? open(entry) { return (dataset, false) }
    removeLeftovers()
    while true {
      let place = try CacheBuild(of: entry)
      if let earlier = place.earlier() {
        place.remove()
        report(.waiting)
        earlier.wait()
        if let dataset = try? open(entry) { return (dataset, false) }
        continue
      }
      defer { place.remove() }
      // It may have been finished between the two looks.
      if let dataset = try? open(entry) { return (dataset, false) }
      report(.building(sources: paths))
      try build(place.url)
      try place.finish(isWhole: { (try? open($0)) != nil })
      return (try open(entry), true)
    }
  }
}
