import Files
import Foundation
import Testing

/// Labels for new data, by the program from end to end.
@Suite(.serialized) struct AssignTests {
  let folder: Workspace

  init() throws {
    folder = try Workspace()
    let trained = try iic(
      "train", "iic.yaml", "--run", "run", "--set", "training.precision=float32", in: folder)
    #expect(trained.status == 0, "\(trained.errors)")
  }

  private func rows(_ name: String) throws -> [[String]] {
    try String(contentsOf: folder.url.appending(path: name), encoding: .utf8).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  private func drawPicture(_ name: String, brightAbove: Bool) throws {
    var writer = try PNGWriter(at: folder.url.appending(path: name), width: 8, height: 8, pixels: .grey)
    for row in 0..<8 { try writer.append((0..<8).map { UInt8((row < 4) == brightAbove ? 220 + $0 : 10 + $0) }) }
    try writer.finish()
  }

  /// Runs the program with lines on standard input.
  private func stream(_ lines: String, _ arguments: String...) throws -> Outcome {
    try folder.write(Array(lines.utf8), to: "lines")
    return try iic(
      shell: "'\(program.path)' assign \(arguments.joined(separator: " ")) --stream < lines", in: folder)
  }

  @Test func ownAndNewDataAndNamesAndStreams() throws {
    let own = try iic("assign", "run", "--out", "own.csv", "--json", in: folder)
    #expect(own.status == 0, "\(own.errors)")
    #expect(try own.json().first?["items"] as? Int == 240)
    let (found, kept) = (try rows("own.csv"), try rows("run/assignments.csv"))
    #expect(found.map { Array($0[0...1]) } == kept.map { Array($0[0...1]) })

    // Other data of the kind; of its 60 items some are the run's.
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "more"), withIntermediateDirectories: true)
    try folder.write(Workspace.images(60), to: "more/images")
    let new = try iic("assign", "run", "more", "--set", "data.labels=[]", "--out", "new.csv", in: folder)
    #expect(new.status == 0 && new.output.hasPrefix("new.csv: 60 items in 2 clusters of "), "\(new.errors)")
    #expect(try rows("new.csv") == Array(found.prefix(60)))

    // Names are obeyed by everything.
    let edited = try iic("edit", "run", "--rename", "0=zero", "--rename", "1=one", in: folder)
    #expect(edited.status == 0 && edited.output.hasPrefix("0 zero: "), "\(edited.errors)")
    #expect(try iic("assign", "run", "more", "--set", "data.labels=[]", "--out", "new.csv", in: folder).status == 0)
    #expect(try rows("new.csv").allSatisfy { $0[2] == ($0[1] == "0" ? "zero" : "one") })
    #expect(try rows("run/assignments.csv").allSatisfy { $0[2] == ($0[1] == "0" ? "zero" : "one") })
    let evaluated = try iic("evaluate", "run", in: folder)
    #expect(evaluated.output.contains(" zero, ") && evaluated.output.contains(" one\n"), "\(evaluated.output)")
    #expect(try iic("edit", "run", "--clear", in: folder).status == 0)
    #expect(!folder.exists("run/edits.json"))

    // Single pictures, whatever the layout of the run's data; a broken one and one that is missing keep their lines.
    try drawPicture("above.png", brightAbove: true)
    try drawPicture("below.png", brightAbove: false)
    try folder.write([137, 80, 78, 71, 13, 10, 26, 10, 0], to: "broken.png")
    let streamed = try stream("above.png\nbroken.png\nnone.png\n\nbelow.png\nabove.png", "run")
    #expect(streamed.status == 0, "\(streamed.errors)")
    let lines = streamed.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines.map { $0[0] } == ["id", "above.png", "broken.png", "none.png", "", "below.png", "above.png"])
    #expect(lines[3][5] == "no such file" && lines[4][5] == "blank" && !lines[2][5].isEmpty)
    #expect(lines[1] == lines[6] && lines[1][1] != lines[5][1])
  }

  @Test func mistakesAreNamed() throws {
    let cases: [([String], String)] = [
      (["run"], "name a file for the labels with --out, or give --stream"),
      (["run", "--out", "x.txt"], "--out x.txt: expected a name that ends in .csv, .jsonl or .npy, or --format"),
      (["run", "--out", "x.csv", "--stream"], "--stream reads standard input"),
      (["run", "--out", "x.csv", "--subhead", "9"], "--subhead: found 9; expected 0 to 1"),
      (["data", "--out", "x.csv"], "data: not a run folder: it has no manifest.yaml"),
      (["run", "nowhere", "--out", "x.csv"], "nowhere"),
      (["run", "--out", "none/x.csv"], "none/x.csv: cannot be written"),
      (["run", "--out", "x.csv", "--set", "heads.main.clusters=3"], "has no effect on a network that is trained"),
    ]
    for (arguments, message) in cases {
      let outcome = try iic(["assign"] + arguments, in: folder)
      #expect(outcome.status != 0 && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
    }
    // Images of another size.
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "more"), withIntermediateDirectories: true)
    try folder.write(
      [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 0, 8] + Array(repeating: 7, count: 144), to: "more/images")
    let other = try iic("assign", "run", "more", "--set", "data.labels=[]", "--out", "x.csv", in: folder)
    #expect(other.status == 1)
    #expect(
      other.errors.contains("found samples of shape [9, 8, 1]; expected [8, 8, 1], as the run's are"),
      "\(other.errors)")
    #expect(!folder.exists("x.csv"))
    try FileManager.default.removeItem(at: folder.url.appending(path: "run/weights.safetensors"))
    let without = try iic("assign", "run", "--out", "x.csv", in: folder)
    #expect(without.status == 1 && without.errors.contains("weights.safetensors"), "\(without.errors)")
  }

  @Test func editsAreChecked() throws {
    let cases: [([String], String)] = [
      (["--rename", "boats"], "--rename boats: expected a cluster's number, = and what it is to be, as 3=boats"),
      (["--rename", "7=boats"], "--rename 7=boats: found cluster 7; the run's clusters are [0, 1]"),
      (["--merge", "0,1"], "--merge 0,1: found all 2 clusters to merge"),
      (["--merge", "a,b"], "--merge a,b: expected numbers of clusters, as 4,7 or 4,7=cars"),
      (["--split", "0:9"], "--split 0:9: found 9 parts; expected 2 to 4, the auxiliary head's clusters"),
      (["--split", "x"], "--split x: expected a cluster's number"),
      (["--undo"], "there is no edit to take back"),
      (["--undo", "--clear"], "--undo, --clear, --from and edits exclude each other"),
    ]
    for (arguments, message) in cases {
      let outcome = try iic(["edit", "run"] + arguments, in: folder)
      #expect(outcome.status != 0 && outcome.errors.contains(message), "\(arguments): \(outcome.errors)")
      #expect(!folder.exists("run/edits.json"))
    }
    try folder.write(Array("{".utf8), to: "run/edits.json")
    let broken = try iic("evaluate", "run", in: folder)
    #expect(broken.status == 1 && broken.errors.contains("edits.json: cannot be read"), "\(broken.errors)")
  }
}
