import Files
import Foundation
import Reading
import Testing
import TestSupport

@testable import IICCore

@Suite struct LabelledItemsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func dataset(labels: [Int]? = nil, names: [String]? = nil) throws -> Dataset {
    var dataset = try Dataset(samples: [0, 1, 2, 3], shape: [1], ids: ["a", "b", "c", "d,e"], labels: labels)
    if let names, let labels { dataset.description.setClasses(.init(numbers: labels, names: names)) }
    return dataset
  }

  private func read(_ text: String, of dataset: Dataset) throws -> LabelledItems {
    try Data(text.utf8).write(to: URL(filePath: folder.path("few.csv")))
    return try LabelledItems(contentsOf: folder.path("few.csv"), of: dataset)
  }

  private func problem(_ text: String, of dataset: Dataset) throws -> String {
    do {
      _ = try read(text, of: dataset)
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test func aTableNamesItemsInAnyOrder() throws {
    let found = try read("label,id,cluster\ncat,\"d,e\",3\ndog,a,1\n,b,0\ncat,\"d,e\",3\n", of: dataset())
    #expect(found.items == [0, 3] && found.classes == [1, 0] && found.classNames == ["cat", "dog"])
    #expect(found.classCount == 2 && found.className(1) == "dog")
    #expect(
      found.notes.map { $0.replacing(folder.path("few.csv"), with: "F") } == [
        "F: columns that are not read: cluster", "F: rows without a label, which are not used: 1",
        "F: rows that say again what another said, which count once: 1",
      ])
  }

  @Test func classesAreNumberedAsTheDatas() throws {
    let named = try dataset(labels: [0, 1, 2, -1], names: ["ant", "bee", "cat"])
    let found = try read("id,label\na,cat\nb,ant\n", of: named)
    #expect(found.classes == [2, 0] && found.classCount == 3)
    #expect(found.notes.contains { $0.contains("1 of 3 classes have no label") && $0.hasSuffix(": bee") })
    let numbers = try read("id,label\na,2\nb,0\n", of: dataset(labels: [0, 1, 2, 0]))
    #expect(numbers.classes == [2, 0] && numbers.classCount == 3 && numbers.classNames == nil)
  }

  @Test func whatIsWrongIsNamedWithItsPlace() throws {
    let plain = try dataset()
    let named = try dataset(labels: [0, 1, 2, -1], names: ["ant", "bee", "cat"])
    for (text, data, wanted) in [
      ("id,label\na,1\nx,2\ny,1\n", plain, "line 3: no item is called \"x\", and 2 of 3 rows name none"),
      ("id,label\na,1\na,2\n", plain, "an item gets the label \"2\", but in line 2 it got \"1\""),
      ("id,class\na,1\n", plain, "found the columns \"id\", \"class\""),
      ("id,label\n", plain, "found no label below the header"),
      ("id,label\na,\nb,-1\n", plain, "found no label below the header"),
      ("id,label\na,-2\n", plain, "found the label -2"),
      (
        "id,label\na,bee\nb,dog\n", named, "line 3: found the class \"dog\"; the data's 3 classes are ant, bee, cat"
      ),
      ("id,label\na,bee\n", try dataset(labels: [0, 1, 2, 0]), "expected a whole number"),
    ] {
      let found = try problem(text, of: data)
      #expect(found.contains(wanted), "\(found)")
      #expect(found.contains("few.csv"), "\(found)")
    }
  }

  @Test func partsGiveTheirOwnLabels() throws {
    var data = try dataset(labels: [1, -1, 0, 1])
    data.description.parts = [.init(name: "train", count: 2), .init(name: "test", count: 2)]
    let found = try LabelledItems(parts: ["train"], of: data)
    #expect(found.items == [0] && found.classes == [1])
    #expect(throws: UserError.self) { try LabelledItems(parts: ["none"], of: data) }
    data.description.labels = [-1, -1, 0, 1]
    #expect(throws: UserError.self) { try LabelledItems(parts: ["train"], of: data) }
  }
}
