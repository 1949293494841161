import Foundation
import IICCore
import Testing

@Suite struct VectorDataTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func tablesWithAHeader() throws {
    try folder.write("name,x,kind,y\nfirst,1,cat,2\nsecond,3,ant,-4e-1\n\"th,ird\",0.5,,7\n", to: "t.csv")
    let dataset = try folder.dataset("source: t.csv, format: csv, labels: kind, ids: name, standardise: false")
    #expect(dataset.description.ids == ["first", "second", "th,ird"])
    #expect(dataset.labels == [1, 0, -1] && dataset.description.classNames == ["ant", "cat"])
    #expect(try folder.rows(dataset) == [[1, 2], [3, -0.4], [0.5, 7]])
    let one = try folder.dataset("source: t.csv, format: csv, columns: [y, x], standardise: false")
    #expect(one.description.ids == ["0", "1", "2"] && one.labels == nil)
    #expect(try folder.rows(one) == [[2, 1], [-0.4, 3], [7, 0.5]])
  }

  @Test func tablesWithoutAHeader() throws {
    try folder.write("1\t2\t5\n3\t4\t6\n", to: "data/t.tsv")
    let dataset = try folder.dataset("source: data, format: tsv, header: false, labels: 3, standardise: false")
    #expect(dataset.labels == [5, 6])
    #expect(try folder.rows(dataset) == [[1, 2], [3, 4]])
  }

  @Test func whatSystemsKeepIsNoTable() throws {
    try folder.write("x,y\n1,2\n3,4\n", to: "data/numbers.csv")
    try folder.write("junk", to: "data/._numbers.csv")
    let dataset = try folder.dataset("source: data, format: csv, standardise: false")
    #expect(try folder.rows(dataset) == [[1, 2], [3, 4]])
    #expect(
      dataset.description.notes
        == ["data: left out entries, hidden, or kept by a system for itself: 1: \"._numbers.csv\""])
  }

  @Test func arraysInAFolder() throws {
    try folder.write([1, 2, 3, 4, 5, 6], shape: [3, 2], to: "data/features.npy")
    try folder.write(labels: [4, -1, 0], to: "data/labels.npy")
    let data = "source: data, standardise: false"
    for array in ["", ", array: features.npy"] {
      let dataset = try folder.dataset("\(data), labels: labels.npy\(array)")
      #expect(dataset.labels == [4, -1, 0] && dataset.description.ids == ["0", "1", "2"])
      #expect(try folder.rows(dataset) == [[1, 2], [3, 4], [5, 6]])
    }
    #expect(
      folder.message(data)
        == "data: found 2 entries: \"features.npy\", \"labels.npy\"; name the one with the vectors in data.array")
    #expect(
      folder.message("\(data), array: feature.npy")
        == "data: no entry \"feature.npy\"; found \"features.npy\", \"labels.npy\"")
    #expect(try folder.dataset("source: data/features.npy").labels == nil)
    // As in NumPy's archives, the suffix may be left out.
    #expect(try folder.dataset("\(data), array: features, labels: labels").labels == [4, -1, 0])
  }

  @Test func arraysInNumPysArchive() throws {
    // What numpy.savez makes: a zip of npy files, named without the suffix.
    try folder.write([1, 2, 3, 4, 5, 6], shape: [3, 2], to: "data/x.npy")
    try folder.write(labels: [1, 1, 0], to: "data/y.npy")
    let zip = Process()
    zip.executableURL = URL(filePath: "/usr/bin/env")
    zip.currentDirectoryURL = folder.url.appending(path: "data")
    zip.arguments = ["python3", "-m", "zipfile", "-c", "../all.npz", "x.npy", "y.npy"]
    try zip.run()
    zip.waitUntilExit()
    #expect(zip.terminationStatus == 0)
    let dataset = try folder.dataset("source: all.npz, array: x, labels: y, standardise: false")
    #expect(dataset.labels == [1, 1, 0])
    #expect(try folder.rows(dataset) == [[1, 2], [3, 4], [5, 6]])
  }

  @Test func standardisedFeaturesHaveMeanZeroAndDeviationOne() throws {
    try folder.write("a,b,c\n1,1e6,5\n2,1000002,5\n3,1000004,5\n6,1000002,5\n", to: "t.csv")
    let rows = try folder.rows(folder.dataset("source: t.csv, format: csv"))
    // numpy: (x - x.mean(0)) / x.std(0); the last feature is constant.
    let expected: [[Float]] = [
      [-1.0690449, -1.4142135, 0], [-0.5345225, 0, 0], [0, 1.4142135, 0], [1.6035674, 0, 0],
    ]
    #expect(rows.map(\.count) == [3, 3, 3, 3])
    for (row, other) in zip(rows, expected) { #expect(zip(row, other).allSatisfy { abs($0 - $1) < 1e-6 }) }
  }

  @Test func normalisedVectorsHaveLengthOne() throws {
    try folder.write("a,b\n3,4\n0,0\n-5,0\n", to: "t.csv")
    let dataset = try folder.dataset("source: t.csv, format: csv, standardise: false, normalise: true")
    #expect(try folder.rows(dataset) == [[0.6, 0.8], [0, 0], [-1, 0]])
  }

  @Test func mistakesInTables() throws {
    try folder.write("name,x,y\na,1,2\nb,3,four\n", to: "t.csv")
    let data = "source: t.csv, format: csv, ids: name"
    let place = "t.csv, entry \"t.csv\": "
    let hint = "; data.onUndecodable: skip leaves it out"
    #expect(folder.message(data) == place + "line 3, column \"y\": found \"four\"; expected a finite number\(hint)")
    #expect(folder.message("\(data), labels: z") == place + "no column \"z\"; found \"name\", \"x\", \"y\"")
    #expect(folder.message("\(data), columns: [x, w]") == place + "no column \"w\"; found \"name\", \"x\", \"y\"")
    try folder.write("name,x\na,1\nb,2\na,3\n", to: "t.csv")
    #expect(folder.message(data) == place + "line 4, column \"name\": the name is already that of line 2\(hint)")
    #expect(folder.message("\(data), labels: x")?.contains("no column that is a feature") == true)
    try folder.write("name,x\n", to: "t.csv")
    #expect(folder.message(data) == place + "found no rows below the header")
  }

  @Test func mistakesInArrays() throws {
    try folder.write([1, 2, .nan, 4, 5, 6], shape: [3, 2], to: "data/x.npy")
    #expect(
      folder.message("source: data/x.npy")?.contains("row 1, column 0: found nan; expected a finite number") == true
    )
    try folder.write([1, 2, 3, 4, 5, 6], shape: [6], to: "data/x.npy")
    #expect(
      folder.message("source: data/x.npy")
        == "data/x.npy, entry \"x.npy\": found an array of shape [6]; expected vectors [n, D]")
    try folder.write([1, 2, 3, 4, 5, 6], shape: [3, 2], to: "data/x.npy")
    try folder.write(labels: [1, 2], to: "data/y.npy")
    let data = "source: data, array: x.npy, labels: y.npy"
    #expect(
      folder.message(data)
        == "data, entry \"y.npy\": found an array of shape [2]; expected [3], one label for each vector")
    try folder.write([1, 2.5, 0], shape: [3], to: "data/y.npy")
    #expect(
      folder.message(data)
        == "data, entry \"y.npy\": label 1, counted from 0: found 2.5; expected a whole number from 0, or -1 for unknown"
    )
  }

  @Test func mistakesInManifests() throws {
    #expect(folder.message("source: x.npy, columns: [a]")?.contains("data.columns: unknown key") == true)
    #expect(folder.message("source: t.csv, format: csv, columns: []")?.contains("found an empty list") == true)
    #expect(folder.message("source: x.npy, format: parquet")?.contains("expected one of npy, csv, tsv") == true)
    #expect(folder.message("source: x.npy") == "x.npy: No such file or directory")
  }
}
