import Foundation
import Testing

/// The script that takes the sentences of the sample out of manual pages.
@Suite struct SentencesTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  /// The sentences that samples/text/sentences.py finds in a page of these lines.
  private func sentences(_ page: String) throws -> [String] {
    try folder.write(page, to: "pages/page")
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "samples/text")
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/env")
    python.currentDirectoryURL = folder.url.appending(path: "pages")
    // Without -B a folder of compiled code would be left beside the script.
    python.arguments = [
      "python3", "-B", "-c",
      """
      import gzip, pathlib, sys
      sys.path.insert(0, sys.argv[1])
      import sentences
      pathlib.Path("man1").mkdir()
      pathlib.Path("man1/page.1.gz").write_bytes(gzip.compress(pathlib.Path("page").read_bytes()))
      pathlib.Path("found").write_text("\\n".join(sentences.sentences(".")), encoding="utf-8")
      """, script.path(percentEncoded: false),
    ]
    try python.run()
    python.waitUntilExit()
    try #require(python.terminationStatus == 0)
    let found = try String(contentsOf: folder.url.appending(path: "pages/found"), encoding: .utf8)
    return found.split(separator: "\n").map(String.init)
  }

  @Test func markupIsTakenOut() throws {
    let page = #"""
      .TH PROBE 1
      .SH BESCHREIBUNG
      Der Befehl \fBcat\fR gibt alle Zeilen einer Datei nacheinander aus.
      Mit \f[B]\-\-lang\f[] wird auch die \(lqGröße\(rq
      jeder einzelnen Datei genannt. Ein \s-1DNS\s0\-Name darf höchstens so lang wie eine Zeile sein.
      .PP
      Leere Zeilen trennen die Absätze einer Seite voneinander\&.\" Eine Anmerkung
      .SH "EINE ÜBERSCHRIFT, DIE LANG GENUG WÄRE, UM EIN SATZ ZU SEIN"
      Ein \f(CWPfad\fP beginnt mit einem Schr\%ägstrich oder mit einem \*(lqPunkt\*(rq.
      """#
    #expect(
      try sentences(page) == [
        "Der Befehl cat gibt alle Zeilen einer Datei nacheinander aus.",
        "Mit --lang wird auch die “Größe” jeder einzelnen Datei genannt.",
        "Ein DNS-Name darf höchstens so lang wie eine Zeile sein.",
        "Leere Zeilen trennen die Absätze einer Seite voneinander.",
        "Ein Pfad beginnt mit einem Schrägstrich oder mit einem “Punkt”.",
      ])
  }

  @Test func examplesTablesAndWhatIsNoSentenceAreLeftOut() throws {
    let page = #"""
      .SH BESCHREIBUNG
      Zu kurz.
      Dieser Satz steht zweimal auf der Seite und wird deshalb nicht genommen.
      .nf
      Ein Beispiel mit vielen Buchstaben, das aber kein Satz der Seite ist.
      .fi
      .TS
      Eine Tabelle mit vielen Buchstaben, die aber kein Satz der Seite ist.
      .TE
      Dieser Satz steht zweimal auf der Seite und wird deshalb nicht genommen.
      This is a sentence of the page that nobody has translated so far.
      Viele Zeichen: 0123456789 0123456789 0123456789 0123456789 0123456789.
      .PP
      Nur dieser eine Satz der ganzen Seite wird am Ende auch genommen.
      """#
    #expect(try sentences(page) == ["Nur dieser eine Satz der ganzen Seite wird am Ende auch genommen."])
  }
}
