import Files
import Foundation
import Reading
import Testing

@testable import IICCore

@Suite struct LabelFileTests {
  struct Interrupted: Error {}

  let runs: RunFixture
  let assigner: Assigner
  let dataset: Dataset

  init() throws {
    runs = try RunFixture()
    try runs.run("run")
    let model = try RunModel(at: runs.place("run").path, registry: Registry([BlobModality.self]))
    assigner = try Assigner(model)
    var dataset = try runs.experiment(["data.count=2000"]).dataset
    // What could not be read lies before, between and behind items.
    dataset.description.unread = [(0, "a"), (0, "b"), (255, "c"), (256, "d"), (1300, "e"), (2000, "f")].map {
      LeftOut.Item(id: $0.1, reason: "broken, \"so\"", place: $0.0)
    }
    self.dataset = dataset
  }

  private func file(_ name: String, _ format: LabelFormat, hasAll: Bool = false) throws -> LabelFile {
    try LabelFile(assigner, dataset, as: format, hasAll: hasAll, at: runs.url(name), work: "run")
  }

  @Test func rowsComeInTheOrderOfTheData() throws {
    let counts = try file("x.csv", .csv).write { _ in }
    #expect(counts.values.reduce(0, +) == 2000)
    let rows = try String(contentsOf: runs.url("x.csv"), encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 2007 && rows[0] == "id,cluster,name,probability,margin,problem")
    #expect(rows[1] == "a,,,,,\"broken, \"\"so\"\"\"" && rows[2].hasPrefix("b,") && rows[3].hasPrefix("point-0,"))
    #expect(rows[2 + 255].hasPrefix("point-254,") && rows[2 + 256].hasPrefix("c,") && rows[2 + 258].hasPrefix("d,"))
    #expect(rows[2006].hasPrefix("f,"))
    _ = try file("x.jsonl", .jsonl, hasAll: true).write { _ in }
    let objects = try String(contentsOf: runs.url("x.jsonl"), encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 2006 && objects[0]["problem"] as? String == "broken, \"so\"")
    #expect((objects[2]["probabilities"] as? [Double])?.count == 3 && objects[2]["id"] as? String == "point-0")
    _ = try file("x.npy", .npy).write { _ in }
    let bytes = try Data(contentsOf: runs.url("x.npy"))
    #expect(
      String(decoding: bytes[10..<128], as: UTF8.self).contains("'<i8', 'fortran_order': False, 'shape': (2006,)"))
    #expect(bytes.count == 128 + 8 * 2006)
    #expect(bytes[128..<136].allSatisfy { $0 == 255 })
  }

  /// Stopped anywhere and gone on with, the bytes are those of a file that was written at once.
  @Test(arguments: LabelFormat.allCases, [false, true]) func interruptedFilesGoOn(format: LabelFormat, hasAll: Bool)
    throws
  {
    let whole = try file("whole", format, hasAll: hasAll).write { _ in }
    for _ in 0..<8 {
      var attempts = 0
      while true {
        attempts += 1
        let stop = attempts > 6 ? Int.max : Int.random(in: 0...8)
        var calls = 0
        do {
          let counts = try file("cut", format, hasAll: hasAll).write { _ in
            calls += 1
            if calls > stop { throw Interrupted() }
          }
          #expect(counts == whole)
          break
        } catch is Interrupted {}
        #expect(!FileManager.default.fileExists(atPath: runs.url("cut").path))
      }
      #expect(try Data(contentsOf: runs.url("cut")) == Data(contentsOf: runs.url("whole")))
      try FileManager.default.removeItem(at: runs.url("cut"))
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: runs.url("").path).allSatisfy {
        !$0.hasSuffix(".unfinished")
      })
  }

  /// What was begun for other labels is not gone on with.
  @Test func otherWorkBeginsAgain() throws {
    #expect(throws: Interrupted.self) {
      try file("x", .csv).write { done in if done > 500 { throw Interrupted() } }
    }
    _ = try file("x", .jsonl).write { _ in }
    #expect(try String(contentsOf: runs.url("x"), encoding: .utf8).hasPrefix("{\"id\":\"a\""))
  }
}
