public import Files
public import Foundation

/// An entry of the sample cache, as its folder tells without the samples being opened.
public struct SampleCacheEntry: Sendable {
  static let aboutName = "about.json"

  /// What is said of an entry in a file of its own, which is small whatever the number of items.
  struct About: Codable {
    let decoding: String
    let sources: [String]
    let items: Int
    let shape: [Int]

    init(decoding: String, sources: [String], _ description: DatasetDescription) {
      self.decoding = decoding
      self.sources = sources
      items = description.ids.count
      shape = description.shape
    }
  }

  /// Its place.
  public let url: URL
  /// The bytes of its files.
  public let byteCount: Int
  /// When a run last used it.
  public let lastUsed: Date
  private let about: About?

  /// The name by which it can be removed.
  public var key: String { url.lastPathComponent }
  /// How the samples were decoded; nil if the entry is damaged.
  public var decoding: String? { about?.decoding }
  /// The paths of the sources that it was made of first.
  public var sources: [String] { about?.sources ?? [] }
  /// The number of items; nil if the entry is damaged.
  public var itemCount: Int? { about?.items }
  /// The shape of a sample; nil if the entry is damaged.
  public var shape: [Int]? { about?.shape }

  init(url: URL) {
    self.url = url
    let path = url.path(percentEncoded: false)
    let files = FileManager.default
    let attributes = try? files.attributesOfItem(atPath: path)
    lastUsed = attributes?[.modificationDate] as? Date ?? .distantPast
    let inside = (try? files.contentsOfDirectory(atPath: path)) ?? []
    let names = inside.isEmpty ? [path] : inside.map { "\(path)/\($0)" }
    byteCount = names.reduce(0) { total, name in
      total + ((try? files.attributesOfItem(atPath: name)[.size] as? Int) ?? 0)
    }
    about = try? JSONDecoder().decode(
      About.self, from: PrivateFile(url.appending(path: Self.aboutName)).contents())
  }
}

extension SampleCache {
  /// The entries, damaged ones included, the one used last first. None if there is no folder.
  public func entries() -> [SampleCacheEntry] {
    places.map(SampleCacheEntry.init).sorted { ($0.lastUsed, $0.key) > ($1.lastUsed, $1.key) }
  }

  /// Where the entries are: all that is named by a hash, with a suffix or without.
  var places: [URL] {
    contents.filter { name in
      let key = name.prefix { $0 != "." }
      return key.count == 64 && key.allSatisfy(\.isHexDigit) && !name.contains(CacheBuild.mark)
    }
    .map { folder.appending(path: $0) }
  }

  /// Removes an entry. Runs that have it open keep it until they end.
  public func remove(_ entry: SampleCacheEntry) throws(UserError) {
    do {
      try FileManager.default.removeItem(at: entry.url)
    } catch {
      let path = entry.url.path(percentEncoded: false)
      throw UserError("\(path): cannot be removed: \(error.localizedDescription)")
    }
  }

  /// Removes what builds have left behind that were interrupted, and returns how many there were.
  @discardableResult public func removeLeftovers() -> Int {
    let builds = contents.filter { $0.contains(CacheBuild.mark) }
      .map { OtherBuild(url: folder.appending(path: $0)) }.filter(\.isLeftover)
    for build in builds { try? FileManager.default.removeItem(at: build.url) }
    return builds.count
  }

  private var contents: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
  }
}
