import Files
import Foundation
import Testing
import TestSupport

@testable import IICCore

/// Entries that are damaged, or that others could have changed.
@Suite struct SampleCacheDamageTests {
  private let data: SampleCacheFixture

  init() throws { data = try SampleCacheFixture() }

  @Test func foldersAreTheUsersAlone() throws {
    let files = FileManager.default
    try files.createDirectory(at: data.cache.folder, withIntermediateDirectories: true)
    try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: data.cache.folder.path)
    _ = try data.dataset()
    try files.setAttributes([.posixPermissions: 0o750], ofItemAtPath: data.cache.folder.path)
    _ = try data.dataset()
    for path in [data.cache.folder.path, try data.entry().url.path] {
      #expect(try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
    }
  }

  enum Damage: CaseIterable {
    case description, descriptionOfOverflow, parts, shortSamples, longSamples, noSamples, linkToSamples, linkToEntry
    case fileInPlaceOfEntry, flippedBit, flippedBitOfDescription, noChecksums, othersMayOpen, groupMayOpen
  }

  @Test(arguments: Damage.allCases)
  func aDamagedEntryIsBuiltAnew(_ damage: Damage) throws {
    _ = try data.dataset()
    let url = try data.entry().url
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
      try Data([7, 7, 7, 7, 7, 7]).write(to: data.folder.url.appending(path: "other"))
      try files.removeItem(at: samples)
      try files.createSymbolicLink(at: samples, withDestinationURL: data.folder.url.appending(path: "other"))
    case .linkToEntry:
      try files.moveItem(at: url, to: data.folder.url.appending(path: "moved"))
      try files.createSymbolicLink(at: url, withDestinationURL: data.folder.url.appending(path: "moved"))
    case .flippedBit: try Data([1, 2, 3, 4, 5, 7]).write(to: samples)
    case .flippedBitOfDescription:
      let text = String(decoding: try Data(contentsOf: description), as: UTF8.self)
      try Data(text.replacing("\"a\"", with: "\"c\"").utf8).write(to: description)
    case .noChecksums: try files.removeItem(at: url.appending(path: "SHA256SUMS"))
    case .othersMayOpen: try files.setAttributes([.posixPermissions: 0o705], ofItemAtPath: url.path)
    case .groupMayOpen: try files.setAttributes([.posixPermissions: 0o750], ofItemAtPath: url.path)
    case .fileInPlaceOfEntry:
      try files.removeItem(at: url)
      try Data([1]).write(to: url)
    }
    _ = data.log.take()
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["building", "decode", "built"])
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(data.log.take() == ["used"])
    #expect(files.fileExists(atPath: data.folder.path("moved")) == (damage == .linkToEntry))
  }

  /// What was compared is noted, and compared again where that note is missing.
  @Test func theChecksumIsThatOfSha256sum() throws {
    _ = try data.dataset()
    let url = try data.entry().url
    let sums = try String(contentsOf: url.appending(path: "SHA256SUMS"), encoding: .utf8)
    let expected = try SHA256.hash(of: "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}")
    #expect(sums.hasSuffix("\n\(expected)  samples.bin\n"))
    let checked = url.appending(path: "checked")
    let before = try Data(contentsOf: checked)
    try FileManager.default.removeItem(at: checked)
    _ = data.log.take()
    #expect(try data.values(data.dataset()) == [1, 2, 3, 4, 5, 6])
    #expect(try data.log.take() == ["used"] && Data(contentsOf: checked) == before)
  }
}
