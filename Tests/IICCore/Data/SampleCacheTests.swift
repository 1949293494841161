import Archive
import Files
import Foundation
import Testing
import TestSupport

@testable import IICCore

/// Which entries are built, found and listed.
@Suite struct SampleCacheTests {
  private let data: SampleCacheFixture

  init() throws { data = try SampleCacheFixture() }

  @Test func anEntryIsBuiltOnceAndUsedAfterwards() throws {
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "built"])
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["used"])
    #expect(try data.values(data.dataset("something else")) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "built"] && data.cache.entries().count == 2)
  }

  @Test func theListingSaysWhatAnEntryHolds() throws {
    let before = Date(timeIntervalSinceNow: -5)
    _ = try data.dataset()
    let entry = try data.entry()
    #expect(entry.decoding == "pairs of bytes" && entry.sources == [data.source.path])
    #expect(entry.itemCount == 3 && entry.shape == [2])
    #expect(entry.byteCount > 6 && entry.lastUsed > before && entry.url.path.hasSuffix(entry.key))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: entry.url.path)
    _ = try data.dataset()
    #expect(try data.entry().lastUsed > before)
    try data.cache.remove(entry)
    #expect(data.cache.entries().isEmpty)
  }

  /// By the bytes, an entry is found in its own place only; by the record of their sources, in any.
  @Test func anUnchangedSourceIsNotHashedAgain() throws {
    let files = FileManager.default
    _ = try data.dataset()
    let moved = data.cache.folder.appending(path: String(repeating: "f", count: 64))
    try files.moveItem(at: data.entry().url, to: moved)
    _ = data.log.take()
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["used"])
    let records = try files.contentsOfDirectory(atPath: moved.path).filter { $0.hasPrefix("sources-") }
    try files.removeItem(at: moved.appending(path: #require(records.first)))
    _ = try data.dataset()
    #expect(records.count == 1 && data.log.take() == ["building", "decode", "built"])
  }

  /// What a source leaves out is noted, whoever reads it, also of samples that are kept already.
  @Test func whatAFolderLeavesOutIsNotedEachTime() throws {
    let folder = data.folder.url.appending(path: "several")
    let files = FileManager.default
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data([1, 2]).write(to: folder.appending(path: "a"))
    func notes(_ encoding: String? = nil) throws -> [String] {
      let source = DataSource(
        path: folder.path(percentEncoded: false), nameEncoding: encoding.flatMap(NameEncoding.init))
      let dataset = try data.cache.dataset(sources: [(source, nil)], decoding: "bytes") { writer in
        try source.forEachEntry { entry in
          try writer.append(entry.readAll())
          return true
        }
        return DatasetDescription(shape: [1], element: .uint8, ids: ["a", "b"])
      }
      return dataset.description.notes
    }
    #expect(try notes().isEmpty)
    try files.createSymbolicLink(atPath: folder.appending(path: "gone").path, withDestinationPath: "nothing")
    let expected = ["data: left out entries, symbolic links that lead nowhere: 1: \"gone\""]
    #expect(try notes() == expected && notes() == expected && data.cache.entries().count == 1)
    // Names are part of what is read.
    #expect(try notes("cp866") == expected && data.cache.entries().count == 2)
  }

  @Test func theSameBytesWrittenAgainAreTheSameEntry() throws {
    _ = try data.dataset()
    let record = try SourceRecord([(data.source, nil)], decoding: "d")
    #expect(try record.stillHolds([(data.source, nil)]))
    try Data([1, 2, 3, 4, 5, 6]).write(to: URL(filePath: data.source.path), options: .atomic)
    #expect(try !record.stillHolds([(data.source, nil)]))
    _ = data.log.take()
    _ = try data.dataset()
    #expect(data.log.take() == ["used"] && data.cache.entries().count == 1)
  }

  /// A program can set the time of writing back, but not the time of change.
  @Test func changesAreSeenEvenBehindTheTimeOfWriting() throws {
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    let written = try FileManager.default.attributesOfItem(atPath: data.source.path)[.modificationDate] as Any
    // File systems tell changes apart that are some milliseconds apart.
    usleep(20_000)
    let handle = try FileHandle(forWritingTo: URL(filePath: data.source.path))
    try handle.write(contentsOf: [9])
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: written], ofItemAtPath: data.source.path)
    #expect(try data.values(data.dataset()) == [9, 2, 3, 4, 5, 6])
  }

  @Test func aSourceThatHasJustChangedIsNotTrusted() throws {
    var cache = data.cache
    cache.clockStep = SourceRecord.clockStep
    _ = try cache.dataset(sources: [(data.source, nil)], decoding: "d", build: data.decode)
    #expect(
      try !FileManager.default.contentsOfDirectory(atPath: data.entry().url.path).contains {
        $0.hasPrefix("sources-")
      })
  }

  @Test func aSourceThatChangesWhileItIsReadIsAnError() throws {
    let error = #expect(throws: UserError.self) {
      try data.cache.dataset(sources: [(data.source, nil)], decoding: "d") { writer in
        let description = try data.decode(&writer)
        usleep(20_000)
        try Data([9, 8, 7, 6, 5, 4]).write(to: URL(filePath: data.source.path))
        return description
      }
    }
    #expect(error?.description == "\(data.source.path): changed while it was read")
    #expect(try FileManager.default.contentsOfDirectory(atPath: data.cache.folder.path).isEmpty)
  }

  private func sourceless(_ bytes: [UInt8], _ decoding: String = "d", contentHash: String? = nil) throws -> Dataset
  {
    try data.cache.dataset(sources: [], decoding: decoding, contentHash: contentHash) { writer in
      data.log.add("decode")
      try writer.append(bytes)
      return DatasetDescription(shape: [2], element: .uint8, ids: ["a", "b", "c"])
    }
  }

  /// Who reads no files says nothing of the data: what comes out is what counts.
  @Test func dataWithoutSourcesIsKnownByItsBytes() throws {
    let first = try sourceless([1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "built"])
    let other = try sourceless([9, 2, 3, 4, 5, 6])
    #expect(try data.values(other) == [9, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "built"] && data.cache.entries().count == 2)
    #expect(first.description.contentHash != other.description.contentHash)
    let again = try sourceless([1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "used"] && data.cache.entries().count == 2)
    #expect(again.description == first.description)
    #expect(try data.values(again) == [1, 2, 3, 4, 5, 6])
    let names = try FileManager.default.contentsOfDirectory(atPath: data.cache.folder.path)
    #expect(names.count == 2)
  }

  @Test func dataWithoutSourcesMayBeNamed() throws {
    _ = try sourceless([1, 2, 3, 4, 5, 6], contentHash: "revision 1")
    #expect(data.log.take() == ["building", "decode", "built"])
    #expect(try data.values(sourceless([0, 0, 0, 0, 0, 0], contentHash: "revision 1")) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["used"])
    #expect(try data.values(sourceless([7, 2, 3, 4, 5, 6], contentHash: "revision 2")) == [7, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "built"])
  }

  @Test func aNameCountsBesideSources() throws {
    for (name, log) in [
      ("1", ["building", "decode", "built"]), ("2", ["building", "decode", "built"]), ("1", ["used"]),
    ] {
      _ = try data.cache.dataset(
        sources: [(data.source, nil)], decoding: "d", contentHash: name, build: data.decode)
      #expect(data.log.take() == log)
    }
  }
}
