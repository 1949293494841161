public import Archive
public import Foundation

/// Decoded samples on disk, shared by runs.
///
/// An entry is a folder named by a hash of the sources' bytes and of how they are decoded. It is built beside
/// its place and renamed when whole, so an interrupted build never counts and two builders do no harm.
public struct SampleCache: Sendable {
  /// Raised when the layout of an entry changes: older entries are then rebuilt.
  private static let version = 2
  private static let samplesName = "samples.bin"
  private static let descriptionName = "samples.json"

  /// The folder that holds the entries.
  public let folder: URL

  /// A cache in a folder, which is made when needed; nil is `iic/samples` in the user's cache folder.
  public init(folder: URL? = nil) {
    let environment = ProcessInfo.processInfo.environment
    let root =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0, directoryHint: .isDirectory) }
      ?? URL.homeDirectory.appending(path: ".cache")
    self.folder = folder ?? root.appending(path: "iic/samples")
  }

  /// The dataset of `sources` decoded as `decoding` says, from the cache or else by `build`.
  ///
  /// - Parameters:
  ///   - sources: what is read, with the entries that matter, nil for all.
  ///   - decoding: every option that changes the samples, as text.
  ///   - build: writes every sample to the writer, in order, and describes them.
  public func dataset(
    sources: [(source: DataSource, entries: [String]?)], decoding: String,
    build: (inout SampleWriter) throws -> SampleDescription
  ) throws -> Dataset {
    let content = SHA256()
    for (source, entries) in sources {
      try source.forEachChunkOnDisk(only: entries) { content.update($0) }
    }
    let contentHash = content.hexadecimal()
    let key = SHA256.hash(of: "\(Self.version)\n\(decoding)\n\(contentHash)")
    let entry = folder.appending(path: key)
    if let dataset = try? open(entry) { return dataset }
    let names = sources.isEmpty ? "data" : sources.map(\.source.path).joined(separator: ", ")
    try self.build(entry, contentHash: contentHash, names: names, build)
    return try open(entry)
  }

  private func open(_ entry: URL) throws -> Dataset {
    let data = try Data(contentsOf: entry.appending(path: Self.descriptionName))
    let description = try JSONDecoder().decode(SampleDescription.self, from: data)
    let path = entry.appending(path: Self.samplesName).path(percentEncoded: false)
    let count = description.ids.count * description.sampleByteCount
    return Dataset(description: description, file: try MappedFile(path: path, count: count))
  }

  private func build(
    _ entry: URL, contentHash: String, names: String, _ build: (inout SampleWriter) throws -> SampleDescription
  ) throws {
    let files = FileManager.default
    let aside = folder.appending(path: "\(entry.lastPathComponent).building-\(UUID().uuidString)")
    let owner: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    do {
      try files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: owner)
      try files.createDirectory(at: aside, withIntermediateDirectories: false, attributes: owner)
    } catch {
      throw DataError("\(folder.path(percentEncoded: false)): the cache folder cannot be made: \(error)")
    }
    defer { try? files.removeItem(at: aside) }
    var writer = try SampleWriter(url: aside.appending(path: Self.samplesName))
    var description = try build(&writer)
    description.contentHash = contentHash
    guard !description.ids.isEmpty else { throw DataError("\(names): found no items") }
    try writer.finish(expected: description.ids.count * description.sampleByteCount)
    if let labels = description.labels, labels.count != description.ids.count {
      throw DataError("found \(labels.count) labels for \(description.ids.count) items; expected one each")
    }
    try JSONEncoder().encode(description).write(to: aside.appending(path: Self.descriptionName))
    // What stands here did not open: damaged, or another process finished first. Either way it can be replaced.
    if (try? open(entry)) == nil { try? files.removeItem(at: entry) }
    do {
      try files.moveItem(at: aside, to: entry)
    } catch  where files.fileExists(atPath: entry.path(percentEncoded: false)) {
      // Another process put the same entry there in between.
    }
  }
}

/// Appends samples to a cache entry that is being built.
public struct SampleWriter {
  private let handle: FileHandle
  private let path: String
  private var count = 0

  init(url: URL) throws {
    path = url.path(percentEncoded: false)
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw DataError("\(path): cannot be made")
    }
    handle = try FileHandle(forWritingTo: url)
  }

  /// Appends the bytes of one or more samples. Throws if they cannot be written, on a full disk say.
  public mutating func append(_ bytes: some DataProtocol) throws {
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      throw DataError("\(path): the sample cache cannot be written: \(error)")
    }
    count += bytes.count
  }

  func finish(expected: Int) throws {
    guard count == expected, count > 0 else {
      throw DataError("\(path): \(count) bytes of samples were decoded; their description says \(expected)")
    }
    try handle.synchronize()
    try handle.close()
  }
}
