import Archive
import Manifest
import Testing

@testable import Reading

@Suite struct LimitsKeysTests {
  private func limits(_ text: String) throws -> ReadingLimits {
    try ManifestDocument(text: "source: pairs.csv\n\(text)").read(Section.self).configuration.source.limits
  }

  /// Each key of a manifest's `limits` sets the limit of its name and no other.
  @Test(arguments: ["entries", "entryBytes", "totalBytes", "expansion"]) func eachKeyIsItsLimit(key: String) throws
  {
    var expected = ReadingLimits()
    switch key {
    case "entries": expected.entries = 17
    case "entryBytes": expected.entryBytes = 17
    case "totalBytes": expected.totalBytes = 17
    default: expected.expansion = 17
    }
    #expect(try limits("limits: {\(key): 17}") == expected)
    #expect(try limits("") == ReadingLimits())
    #expect(throws: ManifestError.self) { try limits("limits: {\(key): 0}") }
  }

  private struct Section: ManifestSection {
    let source: DataSource
    init(from section: SectionReader) throws(ManifestError) { source = try section.dataSource("data") }
  }

  @Test func namesAndLinksAreRead() throws {
    func source(_ text: String) throws -> DataSource {
      try ManifestDocument(text: "source: a.zip\n\(text)").read(Section.self).configuration.source
    }
    #expect(try source("").nameEncoding == nil && source("").links == .inside)
    #expect(try source("names: cp866").nameEncoding == NameEncoding("CP866"))
    #expect(try source("links: anywhere").links == .anywhere)
    let error = #expect(throws: ManifestError.self) { try source("names: klingon") }
    #expect(error?.description.contains("names: found \"klingon\"; expected a character set") == true)
  }
}
