import Files
import Foundation
import Manifest
import Testing
import TestSupport

@testable import IICCore

@Suite struct DatasetPartnersTests {
  let folder: TemporaryFolder
  let cache: SampleCache

  init() throws {
    folder = try TemporaryFolder()
    cache = SampleCache(folder: folder.url.appending(path: "cache"))
  }

  private func message(_ lists: [[Int]]) throws -> String? {
    var dataset = try blobs(["data.count=4", "training.batch=4"], cache: cache).dataset
    try dataset.setPartners(Partners([[1], [0], [], []]))
    let error = #expect(throws: UserError.self) { try dataset.setPartners(Partners(lists)) }
    // What was there stays.
    #expect(dataset.partners?[0] == [1])
    return error?.description
  }

  @Test func partnersThatAreNoItemsAreRefused() throws {
    #expect(try message([[1], [], [2, 4], []]) == "partners: item 2: found 4; expected items from 0 to 3")
    #expect(try message([[1], [-1], [], []]) == "partners: item 1: found -1; expected items from 0 to 3")
    #expect(try message([[], [], [], [Int.max]])?.hasSuffix("expected items from 0 to 3") == true)
    #expect(
      try message([[1], [0], []]) == "partners: found those of 3 items; expected 4, as many as the data has")
  }

  private func table(_ name: String, step: Int, label: String = "") throws -> String {
    let rows = (0..<300).map { "point-\($0),point-\(($0 + step) % 300)\(label)" }
    let header = label.isEmpty ? "left,right" : "left,right,label"
    try Data(([header] + rows).joined(separator: "\n").utf8).write(to: folder.url.appending(path: name))
    return "pairs={source: \(folder.path(name)), symmetric: false}"
  }

  private func share(_ dataset: Dataset, _ overrides: [String]) throws -> Experiment {
    let document = try ManifestDocument(
      text: blobs(cache: cache).resolvedYAML.replacing("pairs: null\n", with: ""), overrides: overrides)
    return try Experiment(document, registry: Registry([BlobModality.self]), dataset: dataset)
  }

  /// One dataset for experiments with a table, with another, and with none.
  @Test func experimentsShareADataset() throws {
    let first = try share(blobs(cache: cache).dataset, [table("one.csv", step: 3)])
    #expect(first.dataset.partners?[7] == [10])
    let second = try share(first.dataset, [table("two.csv", step: 6)])
    #expect(second.dataset.partners?[7] == [13] && first.dataset.partners?[7] == [10])
    #expect(try share(second.dataset, []).dataset.partners == nil)
  }

  @Test func classesOfATableGoWithIt() throws {
    let plain = try SampleCache(folder: folder.url.appending(path: "plain")).dataset(sources: [], decoding: "plain")
    {
      writer in
      try writer.append([UInt8](repeating: 0, count: 300 * 32))
      return DatasetDescription(shape: [8], element: .float32, ids: (0..<300).map { "point-\($0)" })
    }
    let first = try share(plain, [table("one.csv", step: 3, label: ",7")])
    #expect(first.dataset.labels?.first == 7)
    #expect(try share(first.dataset, []).dataset.labels == nil)
  }

  /// What the data itself says is not replaced.
  @Test func partnersOfTheDatasOwnStay() throws {
    var dataset = try blobs(cache: cache).dataset
    try dataset.setPartners(Partners((0..<300).map { [($0 + 3) % 300] }))
    #expect(try share(dataset, []).dataset.partners?[0] == [3])
    #expect(throws: (any Error).self) { try share(dataset, [table("one.csv", step: 6)]) }
  }
}
