import Testing

@testable import Archive

@Suite struct CSVReaderTests {
  private func rows(
    _ text: String, separator: CSVReader.Separator = .comma, header: Bool = false
  ) throws -> [[String]] {
    var reader = try reader(text, separator: separator, header: header)
    var rows: [[String]] = []
    while let row = try reader.next() {
      rows.append(try reader.columns.indices.map { try reader.text($0, of: row) })
    }
    return rows
  }

  private func reader(
    _ text: String, separator: CSVReader.Separator = .comma, header: Bool = true
  ) throws(ArchiveError) -> CSVReader {
    try CSVReader(Array(text.utf8), separator: separator, header: header, path: "t.csv")
  }

  private func message(_ body: () throws -> Void) -> String? {
    #expect(throws: ArchiveError.self, performing: body)?.description
  }

  @Test func fieldsAndLineEnds() throws {
    #expect(try rows("a,b\n1,2\n") == [["a", "b"], ["1", "2"]])
    #expect(try rows("a,b\r\n1,2") == [["a", "b"], ["1", "2"]])
    #expect(try rows("a,b\r1,2\r") == [["a", "b"], ["1", "2"]])
    #expect(try rows("\u{FEFF}a , b\n\n  \n1,\n") == [["a", "b"], ["1", ""]])
    #expect(try rows("a b\t c\n1,5\t2\n", separator: .tab) == [["a b", "c"], ["1,5", "2"]])
    #expect(try rows("é\n\"\"\n") == [["é"], [""]])
  }

  @Test func quotationMarks() throws {
    #expect(
      try rows("\"a,b\",\"say \"\"no\"\"\"\n \"two\nlines\" ,5\" disk\n") == [
        ["a,b", "say \"no\""], ["two\nlines", "5\" disk"],
      ])
    #expect(try rows("\"\"\"\",\"\"\n") == [["\"", ""]])
    #expect(
      message { _ = try rows("a\n\"b\n\nc") } == "t.csv: line 2: a quotation mark opens a field that does not end")
    #expect(
      message { _ = try rows("a\n\"b\" c\n") }
        == "t.csv: line 2: found text behind a closing quotation mark; expected a separator")
  }

  @Test func linesAreCountedAsTheUserSeesThem() throws {
    var reader = try reader("x,y\n\n\"1\n\n\",2\r\n3,z\n")
    #expect(try reader.next()?.line == 3)
    let row = try #require(try reader.next())
    #expect(row.line == 6)
    #expect(
      message { _ = try reader.number(1, of: row) }
        == "t.csv: line 6, column \"y\": found \"z\"; expected a finite number")
    #expect(try reader.number(0, of: row) == 3)
    #expect(try reader.next() == nil)
  }

  @Test func headers() throws {
    let reader = try reader("left,\"right\"\n")
    #expect(reader.columns == ["left", "right"])
    #expect(try reader.place(of: "right") == 1)
    #expect(
      message { _ = try reader.place(of: "Right") } == "t.csv: no column \"Right\"; found \"left\", \"right\"")
    #expect(message { _ = try self.reader("a,b,a\n") } == "t.csv: line 1: two columns are called \"a\"")
    #expect(message { _ = try self.reader(",b\n") }?.contains("line 1: column 1 has no name") == true)
    #expect(try self.reader("7,8\n", header: false).columns == ["1", "2"])
  }

  @Test func damage() throws {
    #expect(message { _ = try rows(" \n\n") } == "t.csv: found no rows")
    #expect(
      message { _ = try rows("a,b\n1,2\n1\n") } == "t.csv: line 3: found 1 fields; expected 2 as in the first row")
    #expect(message { _ = try rows("a\n1\0\n") } == "t.csv: line 2: found a zero byte; expected UTF-8 text")
    for number in ["inf", "nan", "1e99", "", "1,5"] {
      var reader = try reader("x\n\"\(number)\"\n")
      let row = try #require(try reader.next())
      #expect(throws: ArchiveError.self) { try reader.number(0, of: row) }
    }
    var reader = try CSVReader([0x61, 0x0A, 0xFF, 0x0A], header: true, path: "t.csv")
    let row = try #require(try reader.next())
    #expect(
      message { _ = try reader.text(0, of: row) } == "t.csv: line 2, column \"a\": found bytes that are not UTF-8")
  }
}
