import Foundation
import IICCore
import Testing

/// Tables as other programs write them, and what is left out of them.
@Suite struct TableTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  @Test func theIndexOfADataFrameIsNoFeature() throws {
    try folder.write(",f1,f2,label,Unnamed: 4\n0,1,2,x,9\n1,3,4,y,8\n", to: "t.csv")
    let keys = "source: t.csv, format: csv, labels: label, standardise: false"
    let dataset = try folder.dataset(keys)
    #expect(try folder.rows(dataset) == [[1, 2], [3, 4]])
    #expect(
      dataset.description.notes == [
        "data: columns without a name are no features, as they count rows (data.columns names others): 1, 5"
      ])
    let chosen = try folder.dataset(keys + ", columns: [1, f2], ids: 5")
    #expect(try folder.rows(chosen) == [[0, 2], [1, 4]])
  }

  @Test func theSuffixOfTheSourceSaysTheFormat() throws {
    try folder.write("f1,y\n1,0\n2,1\n", to: "t.csv")
    try folder.write("f1\ty\n1,5\t0\n2\t1\n", to: "t.tsv")
    for name in ["t.csv", "t.tsv"] {
      #expect(try folder.dataset("source: \(name), labels: y").labels == [0, 1])
    }
    #expect(folder.message("source: t.csv, format: npy")?.contains("NPY: found no") == true)
  }

  @Test func spreadsheetsOfOtherCountries() throws {
    try folder.write("f1;f2;y\r\n0,5;1;-1\r\n1,5;2,25;4\r\n", to: "t.csv")
    let keys = "source: t.csv, format: csv, labels: y, standardise: false"
    let dataset = try folder.dataset(keys)
    #expect(try folder.rows(dataset) == [[0.5, 1], [1.5, 2.25]])
    #expect(dataset.labels == [-1, 4])
    #expect(
      dataset.description.notes.first?.contains(
        "commas in numbers are decimal signs (data.decimal), and a semicolon") == true)
    #expect(folder.message(keys + ", decimal: point")?.contains("line 2, column \"f1\": found \"0,5\"") == true)
    #expect(
      folder.message(keys + ", separator: comma")?.contains(
        "no column \"y\"; found \"f1;f2;y\"; fields were looked for") == true)
    try folder.write("\"0,5\",\"1\"\n", to: "t.csv")
    #expect(
      try folder.rows(
        folder.dataset(
          "source: t.csv, format: csv, header: false, decimal: comma, standardise: false, pairs: itself"))
        == [[0.5, 1]])
  }

  /// The labels 0, 1, 2 and unknown, written in every way that there is.
  @Test func unknownLabelsAreReadAlike() throws {
    let labels = [0, 1, 2, -1]
    try folder.write([1, 2, 3, 4], shape: [4, 1], to: "data/x.npy")
    try folder.write(labels: labels, to: "data/y.npy")
    try folder.write([0, 1, 2, .nan], shape: [4], to: "data/z.npy")
    for array in ["y.npy", "z.npy"] {
      #expect(try folder.dataset("source: data, array: x.npy, labels: \(array)").labels == labels)
    }
    for unknown in ["-1", "", "nan", "-1.0"] {
      try folder.write("x,y\n1,0\n2,1\n3,2\n4,\(unknown)\n", to: "t.csv")
      #expect(try folder.dataset("source: t.csv, format: csv, labels: y").labels == labels)
    }
    try folder.write("x,y\n1,0\n2,-5\n", to: "t.csv")
    #expect(
      folder.message("source: t.csv, format: csv, labels: y")?.hasSuffix(
        "line 3, column \"y\": found the label -5; expected a whole number from 0, or -1 for unknown, or names")
        == true)
  }

  @Test func rowsThatAreNotNumbersAreLeftOut() throws {
    try folder.write("id,x,y\na,1,2\nb,nan,4\nc,5\nd,7,\ne,9,10\n", to: "t.csv")
    let keys = "source: t.csv, format: csv, columns: [x, y], standardise: false, onUndecodable: skip"
    let dataset = try folder.dataset(keys)
    #expect(try folder.rows(dataset) == [[1, 2], [9, 10]])
    // Items keep the names that they have when nothing is left out.
    #expect(dataset.description.ids == ["0", "4"])
    #expect(
      dataset.description.notes == [
        "data: left out vectors, column \"x\": found \"nan\"; expected a finite number: 1: line 3",
        "data: left out vectors, found 2 fields; expected 3 as in the first row: 1: line 4",
        "data: left out vectors, column \"y\": found \"\"; expected a finite number: 1: line 5",
      ])
    #expect(try folder.dataset(keys + ", ids: id").description.ids == ["a", "e"])
    try folder.write("x\nnan\n", to: "t.csv")
    #expect(
      folder.message("source: t.csv, format: csv, onUndecodable: skip")?.contains(
        "found no rows below the header; data: left out vectors, column \"x\": found \"nan\"") == true)
  }

  @Test func rowsOfArraysThatAreNotFiniteAreLeftOut() throws {
    try folder.write([1, 2, .nan, 4, 5, 6, 7, .infinity, 9, 10], shape: [5, 2], to: "data/x.npy")
    try folder.write(labels: [4, 3, 2, 1, 0], to: "data/y.npy")
    let keys = "source: data, array: x.npy, labels: y.npy, standardise: false"
    let dataset = try folder.dataset(keys + ", onUndecodable: skip")
    #expect(try folder.rows(dataset) == [[1, 2], [5, 6], [9, 10]])
    #expect(dataset.description.ids == ["0", "2", "4"] && dataset.labels == [4, 2, 0])
    #expect(
      dataset.description.notes
        == ["data: left out vectors, not all finite numbers (rows counted from 0): 2: \"row 1\"; \"row 3\""])
    #expect(
      folder.message(keys)
        == "data, entry \"x.npy\": row 1, column 0: found nan; expected a finite number (rows and columns counted from "
        + "0); data.onUndecodable: skip leaves it out")
    try folder.write([.nan], shape: [1, 1], to: "data/x.npy")
    #expect(
      folder.message("source: data/x.npy, onUndecodable: skip")?.contains("no row of finite numbers among 1")
        == true)
  }
}
