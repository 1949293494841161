import Testing

@testable import TextModality

/// What is wrong, where, and what is allowed.
@Suite struct MistakeTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func expect(
    _ expected: String, _ data: String, _ rest: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let message = folder.message(data, rest)
    #expect(message?.contains(expected) == true, "\(message ?? "")", sourceLocation: sourceLocation)
  }

  @Test func damagedObjectsAreNamedByFileAndLine() throws {
    let head = "{\"text\": \"fine\"}\n"
    let keys = "source: data, format: jsonl"
    try folder.write(head + "{\"text\": \"cut", to: "data/t.jsonl")
    expect("data, entry \"t.jsonl\": line 2: found no JSON object: ", keys)
    try folder.write(head + "[1, 2]", to: "data/t.jsonl")
    expect("line 2: found no JSON object: the line begins or holds an array", keys)
    try folder.write(head + "\"text\"", to: "data/t.jsonl")
    expect("line 2: found no JSON object: the line holds another kind of value", keys)
    try folder.write(head + "{\"body\": \"x\"}", to: "data/t.jsonl")
    expect("line 2: no field \"text\"; found \"body\"", keys)
    try folder.write(head + "{\"text\": [\"x\"]}", to: "data/t.jsonl")
    expect("line 2: field \"text\" holds neither text nor a number", keys)
    try folder.write(head + "{\"text\": \"x\", \"n\": NaM}", to: "data/t.jsonl")
    expect(
      "data, entry \"t.jsonl\": line 2: found no JSON object: found \"NaM}\" at byte 20; expected a value of JSON; "
        + "data.onUndecodable: skip leaves it out", keys)
    try folder.write("[\n " + head.dropLast() + ",\n {}\n]\n", to: "data/t.jsonl")
    expect("line 1: found no JSON object: the line begins or holds an array, or an object that goes on", keys)
    expect("JSON lines: no brackets around all of them", keys)
    try folder.write(head + "{\"text\": \"x\", \"meta\": {\"lang\": \"en\"}}", to: "data/t.jsonl")
    expect("line 1: no field \"meta.body\"; found \"text\"", keys + ", field: meta.body")
    expect("no text has it (data.labelField)", keys + ", labelField: kind")
    try folder.write(head + "{\"text\": \"a\\ud83d\"}", to: "data/t.jsonl")
    expect("line 2: field \"text\" holds half a character", keys + ", onInvalidUTF8: fail")
    try folder.write(head + String(repeating: "[", count: 100_000), to: "data/t.jsonl")
    expect("line 2: found no JSON object: ", keys)
  }

  @Test func damagedTablesAreNamedByFileAndLine() throws {
    let keys = "source: data, format: csv"
    try folder.write("id,text\n1,one\n2\n", to: "data/t.csv")
    expect("data, entry \"t.csv\": line 3: found 1 fields; expected 2", keys)
    try folder.write("id,text\n1,\"one\n2,two\n", to: "data/t.csv")
    expect("line 2: a quotation mark opens a field that does not end", keys)
    try folder.write("id,body\n1,one\n", to: "data/t.csv")
    expect("no column \"text\"; found \"id\", \"body\"", keys)
    expect("no column \"3\"", keys + ", column: 3")
    try folder.write("text;body\n1;one\n", to: "data/t.csv")
    expect(
      "no column \"text\"; found \"text;body\"; fields were looked for between commas", keys + ", separator: comma")
    expect("data.separator: found \"and\"; expected auto", keys + ", separator: and")
    try folder.write("id,body\n1,one\n", to: "data/t.csv")
    expect("no column \"kind\"", keys + ", column: body, labelColumn: kind")
  }

  @Test func damagedLinesAreNamed() throws {
    try folder.write([0x61, 0x0A, 0x62, 0x00, 0x0A], to: "data/a.txt")
    expect("data, entry \"a.txt\": line 2: found a zero byte; expected UTF-8 text", "source: data")
    expect("data, entry \"a.txt\": found a zero byte", "source: data, format: files")
  }

  @Test func nothingToReadIsSaid() throws {
    expect("nothing: No such file or directory", "source: nothing")
    try folder.write("\n \n", to: "data/a.txt")
    expect("data: found no text", "source: data")
    try folder.write("--\n", to: "data/a.txt")
    expect(
      "data: found no text that can be used; data: left out texts, without any token (words): 1: \"a.txt:1\"",
      "source: data, tokens: {kind: words}")
  }

  @Test func keysThatDoNotFitAreRefused() throws {
    try folder.write("text\n", to: "data/a.txt")
    expect("data.format: found \"xml\"; expected one of lines, files, csv, tsv, jsonl", "source: data, format: xml")
    expect("data.column: unknown key", "source: data, column: text")
    expect("data.tokens.vocabulary: unknown key", "source: data, tokens: {vocabulary: 10}")
    expect("data.tokens.n: found an empty list", "source: data, tokens: {n: []}")
    expect("data.entries: found an empty list", "source: data, entries: []")
    expect("data.pairs: found neighbours; with format files", "source: data, format: files, pairs: neighbours")
    expect(
      "views: found neither dropout nor span on either side", "source: data",
      "views: {base: {dropout: 0}, transformed: {dropout: 0}}")
    expect(
      "encoder.width: found 30; expected a multiple of heads, which is 4", "source: data",
      "encoder: {name: transformer, width: 30}")
    expect(
      "encoder.kernel: found 4; expected an odd number", "source: data", "encoder: {name: convolution, kernel: 4}")
    expect("encoder.kernel: unknown key", "source: data", "encoder: {name: bag, kernel: 3}")
    expect(
      "views.base.dropout: found", "source: data", "views: {base: {dropout: 1}}"
    )
  }
}
