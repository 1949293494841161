import Foundation
import Testing

@Suite(.serialized) struct CacheTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func keys() throws -> [String] {
    try iic("cache", "--json", in: folder).json().compactMap { $0["key"] as? String }
  }

  @Test func aRunSaysWhereItsSamplesAre() throws {
    let path = folder.path("cache/iic/samples")
    let first = try iic("inspect", "iic.yaml", in: folder)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.sampleNotes.contains("samples: reading \(folder.path("data")), once"))
    #expect(first.sampleNotes.contains("samples: kept in \(path)/"))
    #expect(first.sampleNotes.hasSuffix("; iic cache list, iic cache clear KEY or --all"))
    let second = try iic("inspect", "iic.yaml", in: folder)
    let key = try #require(keys().first)
    #expect(second.sampleNotes.contains("samples: \(path)/\(key), ") && !second.sampleNotes.contains("reading"))
  }

  @Test func listsAndClears() throws {
    #expect(try iic("cache", in: folder).output.hasSuffix("no entries\n"))
    for images in ["[]", "labels"] {
      let run = try iic("inspect", "iic.yaml", "--set", "data.labels=\(images)", in: folder)
      #expect(run.status == 0, "\(run.errors)")
    }
    let list = try iic("cache", in: folder)
    #expect(list.status == 0 && list.output.hasPrefix(folder.path("cache/iic/samples") + "\n"))
    #expect(list.output.contains("240    8x8x1"), "\(list.output)")
    #expect(list.output.contains("image idx") && list.output.contains(folder.path("data")))
    #expect(list.output.contains(" in 2 entries\n"))
    let entry = try #require(iic("cache", "list", "--json", in: folder).json().first)
    #expect(
      Set(entry.keys) == ["key", "path", "bytes", "items", "shape", "decoding", "sources", "last_used"])

    let found = try keys()
    try #require(found.count == 2)
    let wrong = try iic("cache", "clear", "xyz", in: folder)
    #expect(
      wrong.status == 1
        && wrong.errors == "iic: cache clear: found \"xyz\"; no entry begins so; iic cache lists them\n")
    #expect(try iic("cache", "clear", in: folder).status == 64)
    #expect(try iic("cache", "clear", "--all", found[0], in: folder).status == 64)
    #expect(try keys() == found)
    let one = try iic("cache", "clear", String(found[0].prefix(12)), in: folder)
    #expect(one.output.hasPrefix("removed 1 entry, "))
    #expect(try keys() == [found[1]])
    #expect(try iic("cache", "clear", "--all", in: folder).output.hasPrefix("removed 1 entry, "))
    #expect(try keys().isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("cache/iic/samples")).isEmpty)
  }

  /// Four programs at once: each gets the samples, and one entry is left.
  @Test func programsAtOnceDoNoHarm() throws {
    let processes = try (0..<4).map { _ in
      let process = Process()
      process.executableURL = program
      process.arguments = ["inspect", "iic.yaml", "--json"]
      process.currentDirectoryURL = folder.url
      process.environment = ProcessInfo.processInfo.environment.merging(
        ["XDG_CACHE_HOME": folder.path("cache")], uniquingKeysWith: { $1 })
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      return process
    }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path("cache/iic/samples"))
    #expect(try left.count == 1 && left == keys())
  }
}
