import Testing

@testable import Archive

@Suite struct CSVReaderTests {
  private func rows(
    _ text: String, separator: CSVSeparator? = .comma, header: Bool = false
  ) throws -> [[String]] {
    var reader = try reader(text, separator: separator, header: header)
    var rows: [[String]] = []
    while let row = try reader.next() {
      rows.append(try reader.columns.indices.map { try reader.text($0, of: row) })
    }
    return rows
  }

  private func reader(
    _ text: String, separator: CSVSeparator? = .comma, decimal: CSVReader.Decimal = .auto, header: Bool = true
  ) throws(ArchiveError) -> CSVReader {
    try CSVReader(Array(text.utf8), separator: separator, decimal: decimal, header: header, path: "t.csv")
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
    #expect(try reader.place(of: "2") == 1)
    #expect(try self.reader("7,8\n", header: false).columns == ["1", "2"])
  }

  @Test func damage() throws {
    #expect(message { _ = try rows(" \n\n") } == "t.csv: found no rows")
    #expect(
      message { _ = try rows("a,b\n1,2\n1\n") } == "t.csv: line 3: found 1 fields; expected 2 as in the first row")
    #expect(message { _ = try rows("a\n1\0\n") } == "t.csv: line 2: found a zero byte; expected UTF-8 text")
    for number in ["inf", "nan", "1e999", "", "1,5", "0x", "0x1c", "0X1p4", "1.5.2"] {
      var reader = try reader("x\n\"\(number)\"\n")
      let row = try #require(try reader.next())
      #expect(throws: ArchiveError.self) { try reader.number(0, of: row) }
    }
    var reader = try CSVReader([0x61, 0x0A, 0xFF, 0x0A], header: true, path: "t.csv")
    let row = try #require(try reader.next())
    #expect(
      message { _ = try reader.text(0, of: row) } == "t.csv: line 2, column \"a\": found bytes that are not UTF-8")
  }

  /// A data frame's index has no name, and two columns may share one, as long as neither is asked for.
  @Test func columnsThatNobodyAsksForMayBeCalledAnything() throws {
    let table = try reader(",note,text,note,Unnamed: 4\n0,a,b,c,7\n")
    #expect(table.columns.indices.filter(table.isNameless) == [0, 4])
    #expect(try table.place(of: "text") == 2 && table.place(of: "1") == 0)
    #expect(
      message { _ = try table.place(of: "note") }
        == "t.csv: 2 columns are called \"note\": 2, 4, counted from 1; use a number")
    #expect(message { _ = try table.place(of: "") }?.hasPrefix("t.csv: no column \"\"; found") == true)
  }

  @Test(arguments: [
    ("a,b\n1,2\n", CSVSeparator.comma), ("a;b\n1,5;2\n", .semicolon), ("a\tb\n1,5\t2\n", .tab),
    ("a|b\n1|2\n", .bar),
    // A comma is in every row, but so is a semicolon, between equally many fields.
    ("1,5;2,5\n2,5;3,5\n", .semicolon), ("text,n\n\"a;b\",1\nc; d; e,2\n", .comma), ("text\nhello; you\n", .comma),
    // Ragged rows are still told from another separator.
    ("a,b\n1,2\n1,2,3\n", .comma), ("a;b\n1;2;3\n", .semicolon), ("a", .comma), ("", .comma),
    ("\"x;y\",\"u\nv\"\n1,2\n", .comma),
  ])
  func whatSeparatesFieldsIsFound(_ text: String, _ separator: CSVSeparator) {
    #expect(CSVSeparator.found(in: Array(text.utf8)) == separator)
  }

  @Test func separatorsHaveNames() throws {
    #expect(
      CSVSeparator("semicolon") == .semicolon && CSVSeparator(";") == .semicolon && CSVSeparator("\t") == .tab)
    #expect(
      CSVSeparator("x") == nil && CSVSeparator("\"") == nil && CSVSeparator(",,") == nil && CSVSeparator("") == nil)
    #expect(try rows("a:b\n1:2\n", separator: CSVSeparator(":")) == [["a", "b"], ["1", "2"]])
    #expect(
      message { _ = try reader("text;label\nx;1\n").place(of: "text") }
        == "t.csv: no column \"text\"; found \"text;label\"; fields were looked for between commas, but there is a "
        + "semicolon")
  }

  @Test func raggedRowsOfAnotherSeparatorSayWhich() {
    #expect(
      message { _ = try rows("a;b\n0,5;1\n", header: true) }?.hasSuffix(
        "found 2 fields; expected 1 as in the first row; fields were looked for between commas, but there is a semicolon"
      )
        == true)
  }

  private func numbers(_ text: String, _ decimal: CSVReader.Decimal, _ separator: CSVSeparator?) throws -> [Double]
  {
    var table = try reader(text, separator: separator, decimal: decimal, header: false)
    var numbers: [Double] = []
    while let row = try table.next() {
      for place in table.columns.indices { numbers.append(try table.number(place, of: row)) }
    }
    return numbers
  }

  @Test func decimalCommas() throws {
    #expect(try numbers("0,5;-1,25e2\n3;,5\n", .auto, nil) == [0.5, -125, 3, 0.5])
    #expect(try numbers("0.5;2\n", .auto, nil) == [0.5, 2])
    #expect(try numbers("\"0,5\",\"2\"\n", .comma, nil) == [0.5, 2])
    #expect(
      message { _ = try numbers("\"0,5\",2\n", .auto, nil) }?.contains("expected a finite number with a point")
        == true)
    #expect(message { _ = try numbers("0,5;2\n", .point, .semicolon) }?.contains("found \"0,5\"") == true)
    #expect(message { _ = try numbers("0.5;2\n", .comma, .semicolon) }?.contains("found \"0.5\"") == true)
    // Both signs in one table leave open what a comma means.
    #expect(
      message { _ = try numbers("1.5;2\n1,234;2\n", .auto, nil) }
        == "t.csv: line 2, column 1: found \"1,234\"; other numbers have another decimal sign: expected a point or a comma "
        + "in all")
  }

  @Test func numbersAreKeptExactly() throws {
    var table = try reader("t\n1700000000123456789\n0.1\n")
    let row = try #require(try table.next())
    let near = try table.number(0, of: row)
    #expect(Int(near) + Int(table.remainder(0, of: row)) == 1_700_000_000_123_456_789)
    let other = try #require(try table.next())
    #expect(try table.number(0, of: other) == 0.1 && table.remainder(0, of: other) == 0)
  }

  /// Behind a damaged row the next one is read, whatever the damage.
  @Test func readingGoesOnBehindDamage() throws {
    var table = try reader("a,b\n1,2\n1\n3,4\n\"x\" y,2\n5,\"6\n7,8\n")
    var lines: [Int] = []
    var damaged: [Int?] = []
    while true {
      do {
        guard let row = try table.next() else { break }
        lines.append(row.line)
      } catch {
        damaged.append(error.line)
      }
    }
    #expect(lines == [2, 4, 7] && damaged == [3, 5, 6])
  }
}
