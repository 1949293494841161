import Files
import Foundation
import Manifest
import Testing
import TestSupport

@testable import IICCore

@Suite struct PairListTests {
  let folder: TemporaryFolder
  let dataset: Dataset

  init() throws {
    folder = try TemporaryFolder()
    dataset = try Self.dataset(labels: nil, in: folder)
  }

  /// Five items, a to e.
  private static func dataset(
    labels: [Int]?, classNames: [String]? = nil, ids: [String] = ["a", "b", "c", "d", "e"],
    in folder: TemporaryFolder
  ) throws -> Dataset {
    try SampleCache(folder: folder.url.appending(path: "cache")).dataset(
      sources: [], decoding: "five"
    ) { writer in
      try writer.append([UInt8](repeating: 0, count: 5))
      return DatasetDescription(shape: [1], element: .uint8, ids: ids, labels: labels, classNames: classNames)
    }
  }

  private func apply(
    _ text: String, _ options: String = "", to given: Dataset? = nil
  ) throws -> (partners: [[Int]], labels: [Int]?, warnings: [String]) {
    try Data(text.utf8).write(to: folder.url.appending(path: "pairs.csv"))
    let manifest = try ManifestDocument(
      text: "source: pairs.csv\n\(options)", folder: folder.url.path(percentEncoded: false))
    var dataset = given ?? dataset
    let outcome = try manifest.read(PairList.self).configuration.apply(to: &dataset)
    let partners = try #require(dataset.partners)
    let path = folder.path("pairs.csv")
    return (
      (0..<5).map { partners[$0] }, dataset.labels, outcome.warnings.map { $0.replacing("\(path): ", with: "") }
    )
  }

  private func message(_ text: String, _ options: String = "", to given: Dataset? = nil) -> String? {
    let error = #expect(throws: (any Error).self) { try apply(text, options, to: given) }
    return error.map { "\($0)".replacing(folder.path("pairs.csv"), with: "pairs.csv") }
  }

  @Test func anItemMayBeInManyPairs() throws {
    let found = try apply("left,right\na,b\na,c\nd,a\ne,d\n")
    #expect(found.partners == [[1, 2, 3], [0], [0], [0, 4], [3]])
    #expect(found.labels == nil && found.warnings.isEmpty)
  }

  @Test func oneWayPairsHaveThePartnerOnTheLeft() throws {
    let found = try apply("right,left\nb,a\na,b\nd,c\n", "symmetric: false")
    #expect(found.partners == [[1], [0], [3], [], []])
    #expect(found.warnings == ["items without a partner, which are clustered but not trained on: 2"])
  }

  @Test func itemsMayBeNamedByRow() throws {
    #expect(try apply("left,right\n0,4\n1, 2\n3,0", "names: row").partners == [[4, 3], [2], [1], [0], [0]])
    #expect(
      message("left,right\n0,4\n5,1\n", "names: row")
        == "pairs.csv: line 3, column \"left\": no item is called \"5\"; items are called by row, 0 to 4")
    #expect(message("left,right\n0,-1\n", "names: row")?.contains("no item is called \"-1\"") == true)
  }

  @Test func unknownNamesFailOrAreSkipped() throws {
    #expect(
      message("left,right\na,b\nc,\"x,y\"\n")
        == "pairs.csv: line 3, column \"right\": no item is called \"x,y\"; items are called by id: \"a\", \"b\" and so "
        + "on (pairs.names: row calls them by row)")
    let found = try apply("left,right\na,b\nx,c\nc,y\nd,e\n", "onUnknown: skip")
    #expect(found.partners == [[1], [0], [], [4], [3]])
    #expect(
      found.warnings == [
        "pairs skipped, which name an item that the data does not have: 2: line 3; line 4",
        "items without a partner, which are clustered but not trained on: 1",
      ])
    #expect(
      message("left,right\nx,y\n", "onUnknown: skip")?.hasPrefix(
        "pairs.csv: none of the 1 pairs names two items of the data; items are called by id: \"a\"") == true)
    #expect(message("left,right\na,\n")?.contains("line 2, column \"right\": no item is called \"\"") == true)
  }

  @Test func aNameOfSeveralItemsIsAmbiguous() throws {
    let twins = try Self.dataset(labels: nil, ids: ["a", "b", "a", "d", "e"], in: folder)
    #expect(
      message("left,right\nb,d\nb,a\n", to: twins)
        == "pairs.csv: line 3, column \"right\": several items are called \"a\"; use pairs.names: row")
    #expect(try apply("left,right\nb,d\n", to: twins).partners[1] == [3])
  }

  @Test func repeatedPairsCountOnce() throws {
    let found = try apply("left,right\na,b\na,b\nb,a\nc,d\nd,e\n")
    #expect(found.partners == [[1], [0], [3], [2, 4], [3]])
    #expect(found.warnings == ["pairs repeated, each of which counts once: 2: line 3; line 4"])
    // One way, the turned pair is another.
    #expect(try apply("left,right\na,b\nb,a\n", "symmetric: false").partners[0..<2] == [[1], [0]])
  }

  @Test func pairsOfAnItemWithItselfAreUsedOnlyWithoutOthers() throws {
    let mixed = try apply("left,right\na,b\nc,c\nd,e\nc,d\n")
    #expect(mixed.partners == [[1], [0], [3], [4, 2], [3]])
    #expect(mixed.warnings == ["left out pairs, which are of an item with itself: 1: line 3"])
    let alone = try apply("left,right\na,a\nb,b\nc,c\nd,d\ne,e\ne,e\n")
    #expect(alone.partners == [[0], [1], [2], [3], [4]])
    #expect(
      alone.warnings == [
        "pairs repeated, each of which counts once: 1: line 7",
        "pairs used for want of others, which are of an item with itself: 5: line 2; line 3; line 4; line 5; line 6",
      ])
  }

  @Test func tablesWithoutPairsOrColumnsAreRefused() throws {
    #expect(message("")?.contains("pairs.csv: the file is empty") == true)
    #expect(message("left,right\n\n") == "pairs.csv: found no pairs below the header")
    #expect(
      message("left,rigth\na,b\n")
        == "pairs.csv: found the columns \"left\", \"rigth\", with a comma between them (pairs.separator); expected left, right and, if wanted, label"
    )
    #expect(message("a,b\nb,c\n")?.contains("found the columns \"a\", \"b\"") == true)
    #expect(message("left,right,weight\na,b,2\n")?.contains("found a column \"weight\"") == true)
    #expect(message("left,right\na,b,c\n") == "pairs.csv: line 2: found 3 fields; expected 2 as in the first row")
    #expect(message("left,right\na,b\n", "onUnknown: ignore")?.contains("expected one of fail, skip") == true)
  }

  @Test func labelsAreGivenToBothItems() throws {
    #expect(try apply("left,right,label\na,b,dog\nc,d,cat\na,e,\n").labels == [1, 1, 0, 0, -1])
    #expect(try apply("left,right,label\na,b,7\nc,d,\nb,a,7\n").labels == [7, 7, -1, -1, -1])
    #expect(
      message("left,right,label\na,b,7\nc,d,7\nb,c,8\n")
        == "pairs.csv: line 4: an item gets the label \"8\", but in line 2 it got \"7\"")
  }

  @Test func labelsMustAgreeWithTheDatasOwn() throws {
    let labelled = try Self.dataset(labels: [0, 0, 1, -1, 1], in: folder)
    #expect(try apply("left,right,label\na,b,0\nd,e,1\n", to: labelled).labels == [0, 0, 1, 1, 1])
    #expect(try apply("left,right\na,b\n", to: labelled).labels == [0, 0, 1, -1, 1])
    #expect(
      message("left,right,label\na,b,0\nb,c,0\n", to: labelled)
        == "pairs.csv: line 3: an item gets the label \"0\", but the data's own is 1")
    #expect(
      message("left,right,label\nd,d,dog\n", to: labelled)?.contains("but the data's own is a number") == true)
  }

  @Test func labelsMayBeUnknown() throws {
    #expect(try apply("left,right,label\na,b,dog\nc,d,-1\na,e,\n").labels == [0, 0, -1, -1, -1])
    #expect(try apply("left,right,label\na,b,7\nc,d,-1\nb,e,-1\n").labels == [7, 7, -1, -1, -1])
    #expect(
      message("left,right,label\na,b,1\nc,d,-3\n")
        == "pairs.csv: line 3: found the label -3; expected a whole number from 0, or -1 for unknown, or names")
  }

  @Test func labelsMayBeTheNamesOfTheDatasClasses() throws {
    let named = try Self.dataset(labels: [0, -1, 1, -1, -1], classNames: ["cat", "dog"], in: folder)
    #expect(try apply("left,right,label\na,b,cat\nc,d,dog\n", to: named).labels == [0, 0, 1, 1, -1])
    #expect(message("left,right,label\na,b,dog\n", to: named)?.contains("but the data's own is cat") == true)
    #expect(message("left,right,label\nb,d,ant\n", to: named)?.contains("data's own is one of 2 names") == true)
  }

  /// As a data frame and a spreadsheet write it.
  @Test func tablesOfOtherPrograms() throws {
    #expect(try apply(",left,right\n0,a,b\n1,c,d\n").partners == [[1], [0], [3], [2], []])
    #expect(try apply("left;right;label\r\na;b;x\r\n").labels == [0, 0, -1, -1, -1])
    #expect(try apply("left:right\na:b\n", "separator: ':'").partners[0] == [1])
    #expect(
      message("left;right\na;b\n", "separator: comma")?.contains("found the columns \"left;right\", with a comma")
        == true)
    #expect(
      message("left,right\n", "separator: word")?.contains("separator: found \"word\"; expected auto") == true)
  }

  @Test func dataWithPartnersOfItsOwnTakesNoTable() throws {
    var paired = dataset
    try paired.setPartners(Partners([[1], [0], [], [], []]))
    let error = #expect(throws: UserError.self) { try apply("left,right\na,b\n", to: paired) }
    #expect(error?.key == "pairs")
    #expect(error?.problem.contains("leave this section out, or pair each item with itself") == true)
  }

  @Test func whatSystemsKeepIsNoTable() throws {
    let inner = folder.url.appending(path: "table")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try Data("left,right\na,b\n".utf8).write(to: inner.appending(path: "pairs.csv"))
    try Data([0]).write(to: inner.appending(path: ".DS_Store"))
    let manifest = try ManifestDocument(text: "source: table", folder: folder.url.path(percentEncoded: false))
    var dataset = dataset
    let outcome = try manifest.read(PairList.self).configuration.apply(to: &dataset)
    #expect(outcome.warnings.last?.hasSuffix("hidden, or kept by a system for itself: 1: \".DS_Store\"") == true)
  }

  @Test func anExperimentTrainsOnTheTablesPairs() throws {
    // Pairs of one centre's points: without noise in the views the pairs alone say what belongs together.
    let rows = (0..<297).map { "point-\($0),point-\($0 + 3)" } + ["point-5,nothing"]
    let text = (["left,right"] + rows).joined(separator: "\n")
    try Data(text.utf8).write(to: folder.url.appending(path: "pairs.csv"))
    let cache = SampleCache(folder: folder.url.appending(path: "cache"))
    let section = "pairs={source: \(folder.path("pairs.csv")), onUnknown: skip}"
    let experiment = try blobs([section, "data.noise=0", "training.epochs=16"], cache: cache)
    #expect(experiment.warnings.count == 1 && experiment.warnings[0].hasSuffix(": 1: line 299"))
    let network = try experiment.train { _ in }
    let report = try EvaluationReport(experiment.assignments(of: network), labels: experiment.dataset.labels)
    #expect(report.byLoss.acc == 1)
    #expect(try blobs(cache: cache).warnings.isEmpty)
  }
}
