import Foundation
import Testing

/// What the names in an archive say is never done: they are labels in the results.
@Suite(.serialized) struct UntrustedInputTests {
  let folder: Workspace
  /// Part of every name, to find what might have been written anywhere.
  private let mark = "escape-\(UUID().uuidString)"

  init() throws { folder = try Workspace() }

  private var names: [String] {
    [
      "../\(mark)", "../../\(mark)", "/tmp/\(mark)", "a/../../\(mark)", "./\(mark)", "link/\(mark)",
      "\(mark)\n\u{1B}[2J",
    ]
      + ["=\(mark)\",x", "~/\(mark)", "\(mark)/\(String(repeating: "x/", count: 60))y"]
  }

  /// A header of 512 bytes and the content, filled up with zeros to blocks of 512.
  private func entry(_ name: String, _ content: String, kind: Character = "0", link: String = "") -> [UInt8] {
    func field(_ text: String, _ width: Int) -> [UInt8] {
      Array(text.utf8) + Array(repeating: 0, count: width - text.utf8.count)
    }
    func octal(_ value: Int, _ width: Int) -> [UInt8] {
      let digits = String(value, radix: 8)
      return field(String(repeating: "0", count: width - 1 - digits.count) + digits, width)
    }
    // A long name is cut in two at a slash.
    let cut = name.utf8.count > 100 ? name.index(name.startIndex, offsetBy: 70) : nil
    let parts = cut.flatMap { cut in name[cut...].firstIndex(of: "/") }
    let (prefix, last) = parts.map { (String(name[..<$0]), String(name[name.index(after: $0)...])) } ?? ("", name)
    var header = field(last, 100) + octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(content.utf8.count, 12)
    header += octal(0, 12) + Array(repeating: 32, count: 8) + field(String(kind), 1) + field(link, 100)
    header += field("ustar", 6) + Array("00".utf8) + field("", 64) + octal(3, 8) + octal(1, 8) + field(prefix, 155)
    header += field("", 12)
    let sum = header.reduce(0) { $0 + Int($1) }
    header.replaceSubrange(148..<156, with: octal(sum, 7) + [32])
    let padding = (512 - content.utf8.count % 512) % 512
    return header + Array(content.utf8) + Array(repeating: 0, count: padding)
  }

  /// Files with texts, each name of them several times, beside links and devices of the same names.
  private func archive() -> [UInt8] {
    var bytes = entry("link", "", kind: "2", link: "..")
    for (number, name) in names.enumerated() {
      bytes += entry(name, "", kind: "3") + entry(name, "", kind: "2", link: "/etc/passwd")
      for copy in 0..<4 {
        let word = number % 2 == 0 ? "sun moon star sky" : "iron copper zinc tin"
        bytes += entry(name, "\(word) \(copy)\n")
      }
      bytes += entry(name, "", kind: "1", link: names[0]) + entry(name, "", kind: "6")
    }
    return bytes + [UInt8](repeating: 0, count: 1024)
  }

  @Test func namesNeverBecomePaths() throws {
    try folder.write(archive(), to: "texts.tar")
    let manifest = """
      name: untrusted
      modality: text
      data: {source: texts.tar, format: files, tokens: {length: 8}}
      heads: {main: {clusters: 2, subheads: 1}, auxiliary: {clusters: 4, subheads: 1}}
      training: {epochs: 1, batch: 40, repeats: 1, threads: 1}

      """
    try folder.write(Array(manifest.utf8), to: "text.yaml")
    for arguments in [
      ["inspect", "text.yaml"], ["train", "text.yaml", "--run", "run"], ["evaluate", "run"],
      ["embed", "run", "--out", "features.npy"], ["cache"],
    ] {
      let outcome = try iic(arguments, in: folder)
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      // Nor does what they hold reach the terminal.
      #expect(!(outcome.output + outcome.errors + outcome.sampleNotes).contains("\u{1B}"))
    }
    let table = try String(contentsOf: folder.url.appending(path: "run/assignments.csv"), encoding: .utf8)
    // Four files of each name, and a hard link to the first.
    #expect(table.components(separatedBy: mark).count == 1 + 5 * names.count)
    // Each name is an item's id as it was written, in quotation marks where CSV needs them.
    for name in names {
      let needsMarks = name.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      let field = needsMarks ? "\"\(name.replacing("\"", with: "\"\""))\"" : name
      let count = table.components(separatedBy: "\n\(field),").count - 1
      #expect(count == 5, "\(name.debugDescription)")
    }

    let files = FileManager.default
    var found = try #require(files.enumerator(atPath: folder.url.path)).compactMap { $0 as? String }
    #expect(found.contains("run/assignments.csv"))
    var place = folder.url
    for _ in 0..<3 {
      place.deleteLastPathComponent()
      found += (try? files.contentsOfDirectory(atPath: place.path)) ?? []
    }
    found += try files.contentsOfDirectory(atPath: "/tmp")
    found += try files.contentsOfDirectory(atPath: NSHomeDirectory())
    #expect(!found.contains { $0.contains(mark) })
  }
}
