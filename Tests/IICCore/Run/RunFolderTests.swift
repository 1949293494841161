import Foundation
import Testing
import TestSupport

@testable import IICCore

/// The tables that a run leaves.
@Suite struct RunFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func tables(labels: [Int]?, classNames: [String]?) throws -> (items: String, groups: String) {
    let dataset = try SampleCache(folder: folder.url.appending(path: "cache")).dataset(
      sources: [], decoding: "four"
    ) { writer in
      try writer.append([1, 2, 3, 4])
      return DatasetDescription(
        shape: [1], element: .uint8, ids: ["a", "b,c", "d", "e"], labels: labels, classNames: classNames,
        groups: [0, 0, 1, 1], groupIDs: ["x", "y"])
    }
    let run = RunFolder(url: folder.url)
    try run.write(
      Assignments(
        items: [0, 1, 2, 3], clusters: [[0, 0, 1, 1], [1, 0, 1, 0]], losses: [-1, -0.5], clusterCount: 2,
        groups: GroupAssignments(groups: [0, 1], clusters: [[0, 1], [1, 0]])), of: dataset)
    return (
      try String(contentsOf: run.assignments, encoding: .utf8), try String(contentsOf: run.groups, encoding: .utf8)
    )
  }

  @Test func classesAreGivenByName() throws {
    let found = try tables(labels: [0, 0, 1, -1], classNames: ["a \"cat\"", "dog, big"])
    #expect(
      found.items
        == "id,cluster,label\na,0,\"a \"\"cat\"\"\"\n\"b,c\",0,\"a \"\"cat\"\"\"\nd,1,\"dog, big\"\ne,1,\n")
    #expect(found.groups == "id,cluster,label\nx,0,\"a \"\"cat\"\"\"\ny,1,\"dog, big\"\n")
  }

  @Test func numbersAreGivenAsTheyAre() throws {
    let found = try tables(labels: [7, 10, 0, -1], classNames: nil)
    #expect(found.items == "id,cluster,label\na,0,7\n\"b,c\",0,10\nd,1,0\ne,1,-1\n")
    #expect(found.groups == "id,cluster,label\nx,0,-1\ny,1,0\n")
  }

  @Test func withoutLabelsThereIsNoColumnOfThem() throws {
    #expect(try tables(labels: nil, classNames: nil).items == "id,cluster\na,0\n\"b,c\",0\nd,1\ne,1\n")
  }
}
