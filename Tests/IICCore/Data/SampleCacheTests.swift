import Archive
import Foundation
import Testing
import Torch

@testable import IICCore

/// What the cache said and how often samples were decoded, counted from any thread.
private final class Log: Sendable {
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

@Suite struct SampleCacheTests {
  private let folder: TemporaryFolder
  private let log = Log()
  private let source: DataSource

  init() throws {
    folder = try TemporaryFolder()
    try Data([1, 2, 3, 4, 5, 6]).write(to: folder.url.appending(path: "source"))
    source = DataSource(path: folder.path("source"))
  }

  private var cache: SampleCache {
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
  private func decode(_ writer: inout SampleWriter) throws -> SampleDescription {
    log.add("decode")
    try writer.append(source.entries(named: ["source"])["source"] ?? [])
    return SampleDescription(shape: [2], element: .uint8, ids: ["a", "b", "c"], labels: [0, 1, -1])
  }

  private func dataset(_ decoding: String = "pairs of bytes") throws -> Dataset {
    try cache.dataset(sources: [(source, nil)], decoding: decoding, build: decode)
  }

  private func values(_ dataset: Dataset) throws -> [Int] {
    try dataset.samples(at: Array(0..<dataset.count)[...]).to(.int64).integers()
  }

  private func entry() throws -> SampleCacheEntry { try #require(cache.entries().first) }

  @Test func anEntryIsBuiltOnceAndUsedAfterwards() throws {
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(log.take() == ["building", "decode", "built"])
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(log.take() == ["used"])
    #expect(try values(dataset("something else")) == [1, 2, 3, 4, 5, 6])
    #expect(log.take() == ["building", "decode", "built"] && cache.entries().count == 2)
  }

  @Test func theListingSaysWhatAnEntryHolds() throws {
    let before = Date(timeIntervalSinceNow: -5)
    _ = try dataset()
    let entry = try entry()
    #expect(entry.decoding == "pairs of bytes" && entry.sources == [source.path])
    #expect(entry.itemCount == 3 && entry.shape == [2])
    #expect(entry.byteCount > 6 && entry.lastUsed > before && entry.url.path.hasSuffix(entry.key))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: entry.url.path)
    _ = try dataset()
    #expect(try self.entry().lastUsed > before)
    try cache.remove(entry)
    #expect(cache.entries().isEmpty)
  }

  /// By the bytes, an entry is found in its own place only; by the record of their sources, in any.
  @Test func anUnchangedSourceIsNotHashedAgain() throws {
    let files = FileManager.default
    _ = try dataset()
    let moved = cache.folder.appending(path: String(repeating: "f", count: 64))
    try files.moveItem(at: entry().url, to: moved)
    _ = log.take()
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(log.take() == ["used"])
    let records = try files.contentsOfDirectory(atPath: moved.path).filter { $0.hasPrefix("sources-") }
    try files.removeItem(at: moved.appending(path: #require(records.first)))
    _ = try dataset()
    #expect(records.count == 1 && log.take() == ["building", "decode", "built"])
  }

  @Test func theSameBytesWrittenAgainAreTheSameEntry() throws {
    _ = try dataset()
    let record = try SourceRecord([(source, nil)], decoding: "d")
    #expect(try record.stillHolds([(source, nil)]))
    try Data([1, 2, 3, 4, 5, 6]).write(to: URL(filePath: source.path), options: .atomic)
    #expect(try !record.stillHolds([(source, nil)]))
    _ = log.take()
    _ = try dataset()
    #expect(log.take() == ["used"] && cache.entries().count == 1)
  }

  /// A program can set the time of writing back, but not the time of change.
  @Test func changesAreSeenEvenBehindTheTimeOfWriting() throws {
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    let written = try FileManager.default.attributesOfItem(atPath: source.path)[.modificationDate] as Any
    // File systems tell changes apart that are some milliseconds apart.
    usleep(20_000)
    let handle = try FileHandle(forWritingTo: URL(filePath: source.path))
    try handle.write(contentsOf: [9])
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: written], ofItemAtPath: source.path)
    #expect(try values(dataset()) == [9, 2, 3, 4, 5, 6])
  }

  @Test func aSourceThatHasJustChangedIsNotTrusted() throws {
    var cache = cache
    cache.clockStep = SourceRecord.clockStep
    _ = try cache.dataset(sources: [(source, nil)], decoding: "d", build: decode)
    #expect(
      try !FileManager.default.contentsOfDirectory(atPath: entry().url.path).contains { $0.hasPrefix("sources-") })
  }

  @Test func aSourceThatChangesWhileItIsReadIsAnError() throws {
    let error = #expect(throws: DataError.self) {
      try cache.dataset(sources: [(source, nil)], decoding: "d") { writer in
        let description = try decode(&writer)
        usleep(20_000)
        try Data([9, 8, 7, 6, 5, 4]).write(to: URL(filePath: source.path))
        return description
      }
    }
    #expect(error?.description == "\(source.path): changed while it was read")
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).isEmpty)
  }

  @Test func foldersAreTheUsersAlone() throws {
    let files = FileManager.default
    try files.createDirectory(at: cache.folder, withIntermediateDirectories: true)
    try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: cache.folder.path)
    _ = try dataset()
    try files.setAttributes([.posixPermissions: 0o750], ofItemAtPath: cache.folder.path)
    _ = try dataset()
    for path in [cache.folder.path, try entry().url.path] {
      #expect(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
    }
  }

  enum Damage: CaseIterable {
    case description, descriptionOfOverflow, parts, shortSamples, longSamples, noSamples, linkToSamples, linkToEntry
    case fileInPlaceOfEntry, flippedBit, flippedBitOfDescription, noChecksums, othersMayOpen
  }

  @Test(arguments: Damage.allCases)
  func aDamagedEntryIsBuiltAnew(_ damage: Damage) throws {
    _ = try dataset()
    let url = try entry().url
    let (samples, description) = (url.appending(path: "samples.bin"), url.appending(path: "samples.json"))
    let files = FileManager.default
    switch damage {
    case .description: try Data("{\"ids\"".utf8).write(to: description)
    case .descriptionOfOverflow, .parts:
      let text = String(decoding: try Data(contentsOf: description), as: UTF8.self)
      let changed =
        damage == .parts
        ? text.replacing("\"parts\":[]", with: "\"parts\":[{\"name\":\"x\",\"count\":2}]")
        : text.replacing("\"shape\":[2]", with: "\"shape\":[2,4611686018427387904,4]")
      #expect(changed != text)
      try Data(changed.utf8).write(to: description)
    case .shortSamples: try Data([1, 2, 3, 4, 5]).write(to: samples)
    case .longSamples: try Data([1, 2, 3, 4, 5, 6, 7]).write(to: samples)
    case .noSamples: try files.removeItem(at: samples)
    case .linkToSamples:
      try Data([7, 7, 7, 7, 7, 7]).write(to: folder.url.appending(path: "other"))
      try files.removeItem(at: samples)
      try files.createSymbolicLink(at: samples, withDestinationURL: folder.url.appending(path: "other"))
    case .linkToEntry:
      try files.moveItem(at: url, to: folder.url.appending(path: "moved"))
      try files.createSymbolicLink(at: url, withDestinationURL: folder.url.appending(path: "moved"))
    case .flippedBit: try Data([1, 2, 3, 4, 5, 7]).write(to: samples)
    case .flippedBitOfDescription:
      let text = String(decoding: try Data(contentsOf: description), as: UTF8.self)
      try Data(text.replacing("\"a\"", with: "\"c\"").utf8).write(to: description)
    case .noChecksums: try files.removeItem(at: url.appending(path: "SHA256SUMS"))
    case .othersMayOpen: try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
    case .fileInPlaceOfEntry:
      try files.removeItem(at: url)
      try Data([1]).write(to: url)
    }
    _ = log.take()
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(log.take() == ["building", "decode", "built"])
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(log.take() == ["used"])
    #expect(files.fileExists(atPath: folder.path("moved")) == (damage == .linkToEntry))
  }

  /// What was compared is noted, and compared again where that note is missing.
  @Test func theChecksumIsThatOfSha256sum() throws {
    _ = try dataset()
    let url = try entry().url
    let sums = try String(contentsOf: url.appending(path: "SHA256SUMS"), encoding: .utf8)
    let expected = SHA256.hash(of: "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}")
    #expect(sums.hasSuffix("\n\(expected)  samples.bin\n"))
    let checked = url.appending(path: "checked")
    let before = try Data(contentsOf: checked)
    try FileManager.default.removeItem(at: checked)
    _ = log.take()
    #expect(try values(dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(try log.take() == ["used"] && Data(contentsOf: checked) == before)
  }

  @Test func leftoversOfEndedBuildsAreRemoved() throws {
    let files = FileManager.default
    let key = String(repeating: "a", count: 64)
    let alive = try CacheBuild(of: prepared(key))
    let old = cache.folder.appending(path: "\(key).building-0000000000000001-1-x")
    let new = cache.folder.appending(path: "\(key).building-0000000000000002-1-x")
    for url in [old, new] { try files.createDirectory(at: url, withIntermediateDirectories: true) }
    try Data([1]).write(to: old.appending(path: "samples.bin"))
    for url in [old, alive.url] {
      try files.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: url.path)
    }
    _ = try dataset()
    #expect(!files.fileExists(atPath: old.path))
    #expect(files.fileExists(atPath: new.path) && files.fileExists(atPath: alive.url.path))
    #expect(cache.entries().count == 1)
    alive.remove()
  }

  private func prepared(_ key: String) throws -> URL {
    try FileManager.default.createDirectory(at: cache.folder, withIntermediateDirectories: true)
    return cache.folder.appending(path: key)
  }

  @Test func aFailedBuildLeavesNothing() throws {
    let error = #expect(throws: DataError.self) {
      try cache.dataset(sources: [(source, nil)], decoding: "d") { writer in
        try writer.append([1, 2])
        throw DataError("no")
      }
    }
    #expect(error?.description == "no")
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).isEmpty)
  }

  /// Eight at once: all get the samples, one entry stays, and only the first decodes.
  @Test func buildersAtOnceDoNoHarm() async throws {
    let (cache, source, log) = (cache, source, log)
    let results = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let dataset = try cache.dataset(sources: [(source, nil)], decoding: "d") { writer in
            usleep(50_000)
            log.add("decode")
            try writer.append(source.entries(named: ["source"])["source"] ?? [])
            return SampleDescription(shape: [2], element: .uint8, ids: ["a", "b", "c"])
          }
          return try dataset.samples(at: [0, 1, 2]).to(.int64).integers().map { UInt8($0) }
        }
      }
      return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
    }
    #expect(results.count == 8 && results.allSatisfy { $0 == [1, 2, 3, 4, 5, 6] })
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).count == 1)
    #expect(log.take().count { $0 == "decode" } <= 8)
  }

  /// Two results of one entry: the first stays, the second is dropped.
  @Test func theSecondOfTwoBuildsGivesWay() throws {
    let place = try prepared(String(repeating: "b", count: 64))
    let builds = try [CacheBuild(of: place), CacheBuild(of: place)]
    #expect(builds[0].earlier() == nil && builds[1].earlier()?.url == builds[0].url)
    for (number, build) in builds.enumerated() {
      try Data("\(number)".utf8).write(to: build.url.appending(path: "content"))
      try build.finish { FileManager.default.fileExists(atPath: $0.path) }
      build.remove()
    }
    #expect(try Data(contentsOf: place.appending(path: "content")) == Data("0".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.folder.path).count == 1)
  }
}
