import Archive
import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

/// What the cache said and how often samples were decoded, counted from any thread.
final class CacheLog: Sendable {
  private let lock = NSLock()
  nonisolated(unsafe) private var texts: [String] = []

  func add(_ text: String) { lock.withLock { texts.append(text) } }
  func take() -> [String] {
    lock.withLock {
      defer { texts = [] }
      return texts
    }
  }
}

/// A cache of a test's own and a source of six bytes, which are three samples.
struct SampleCacheFixture {
  let folder: TemporaryFolder
  let log = CacheLog()
  let source: DataSource

  init() throws {
    folder = try TemporaryFolder()
    try Data([1, 2, 3, 4, 5, 6]).write(to: folder.url.appending(path: "source"))
    source = DataSource(path: folder.path("source"))
  }

  var cache: SampleCache {
    var cache = SampleCache(folder: folder.url.appending(path: "cache")) { [log] event in
      switch event {
      case .building: log.add("building")
      case .waiting: log.add("waiting")
      case .built: log.add("built")
      case .used: log.add("used")
      }
    }
    // Sources made in a test are new.
    cache.clockStep = 0
    return cache
  }

  /// Three samples of two bytes each, which are the source's.
  func decode(_ writer: inout SampleWriter) throws -> DatasetDescription {
    log.add("decode")
    try writer.append(source.entries(named: ["source"])["source"] ?? [])
    return DatasetDescription(shape: [2], element: .uint8, ids: ["a", "b", "c"], labels: [0, 1, -1])
  }

  func dataset(_ decoding: String = "pairs of bytes") throws -> Dataset {
    try cache.dataset(sources: [(source, nil)], decoding: decoding, build: decode)
  }

  func values(_ dataset: Dataset) throws -> [Int] {
    try dataset.samples(at: Array(0..<dataset.count)[...]).to(.int64).integers()
  }

  func entry() throws -> SampleCacheEntry { try #require(cache.entries().first) }
}
