import Archive
import Files
import Foundation
import Testing
import Torch

@testable import IICCore

/// Builds of entries that fail, are killed, or go on at once.
@Suite struct CacheBuildTests {
  private let data: SampleCacheFixture

  init() throws { data = try SampleCacheFixture() }

  @Test func leftoversOfEndedBuildsAreRemoved() throws {
    let files = FileManager.default
    let key = String(repeating: "a", count: 64)
    let alive = try CacheBuild(of: prepared(key))
    let old = data.cache.folder.appending(path: "\(key).building-0000000000000001-1-x")
    let new = data.cache.folder.appending(path: "\(key).building-0000000000000002-1-x")
    for url in [old, new] { try files.createDirectory(at: url, withIntermediateDirectories: true) }
    try Data([1]).write(to: old.appending(path: "samples.bin"))
    for url in [old, alive.url] {
      try files.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: url.path)
    }
    _ = try data.dataset()
    #expect(!files.fileExists(atPath: old.path))
    #expect(files.fileExists(atPath: new.path) && files.fileExists(atPath: alive.url.path))
    #expect(data.cache.entries().count == 1)
    alive.remove()
  }

  private func prepared(_ key: String) throws -> URL {
    try FileManager.default.createDirectory(at: data.cache.folder, withIntermediateDirectories: true)
    return data.cache.folder.appending(path: key)
  }

  @Test func aFailedBuildLeavesNothing() throws {
    let error = #expect(throws: UserError.self) {
      try data.cache.dataset(sources: [(data.source, nil)], decoding: "d") { writer in
        try writer.append([1, 2])
        throw UserError("no")
      }
    }
    #expect(error?.description == "no")
    #expect(try FileManager.default.contentsOfDirectory(atPath: data.cache.folder.path).isEmpty)
  }

  /// Eight at once: all get the samples, one entry stays, and only the first decodes.
  @Test func buildersAtOnceDoNoHarm() async throws {
    let (cache, source, log) = (data.cache, data.source, data.log)
    let results = try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let dataset = try cache.dataset(sources: [(source, nil)], decoding: "d") { writer in
            usleep(50_000)
            log.add("decode")
            try writer.append(source.entries(named: ["source"])["source"] ?? [])
            return DatasetDescription(shape: [2], element: .uint8, ids: ["a", "b", "c"])
          }
          return try dataset.samples(at: [0, 1, 2]).to(.int64).integers().map { UInt8($0) }
        }
      }
      return try await group.reduce(into: [[UInt8]]()) { $0.append($1) }
    }
    #expect(results.count == 8 && results.allSatisfy { $0 == [1, 2, 3, 4, 5, 6] })
    #expect(try FileManager.default.contentsOfDirectory(atPath: data.cache.folder.path).count == 1)
    #expect(data.log.take().count { $0 == "decode" } == 1)
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: data.cache.folder.path).count == 1)
  }
}
