import Foundation
import Testing

/// Standard streams that go away or take nothing lose no run.
@Suite(.serialized) struct StreamTests {
  let folder: Workspace

  init() throws { folder = try Workspace() }

  /// Runs a line of the shell in the workspace, `$IIC` being the program, and returns its output.
  private func shell(_ line: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = folder.url
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["XDG_CACHE_HOME": folder.path("cache"), "IIC": program.path(percentEncoded: false)],
      uniquingKeysWith: { $1 })
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  private func status(_ name: String) throws -> String {
    try String(contentsOfFile: folder.path(name), encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private func expectWhole(_ run: String) throws {
    for file in ["weights.safetensors", "best.safetensors", "assignments.csv", "evaluation.json"] {
      #expect(folder.exists("\(run)/\(file)"), "\(file)")
    }
    let metrics = try String(contentsOfFile: folder.path("\(run)/metrics.jsonl"), encoding: .utf8)
    #expect(metrics.split(separator: "\n").count == 6)
  }

  /// `| head -1` reads one line and goes; the epochs after it write into a closed pipe.
  @Test func aTrainingGoesOnWhenItsReaderHasGone() throws {
    let line = try shell(
      "{ $IIC train iic.yaml --run run --set training.epochs=6 2>&1; echo $? > status; } | head -1")
    #expect(line.split(separator: "\n").count == 1)
    #expect(try status("status") == "0")
    try expectWhole("run")
  }

  /// With closed streams no file of the run takes their place.
  @Test func aTrainingNeedsNoStreams() throws {
    _ = try shell("$IIC train iic.yaml --run run --set training.epochs=6 <&- >&- 2>&-; echo $? > status")
    #expect(try status("status") == "0")
    try expectWhole("run")
    let evaluated = try iic("evaluate", "run", in: folder)
    #expect(evaluated.status == 0 && evaluated.errors.isEmpty, "\(evaluated.errors)")
  }

  @Test(arguments: ["modalities image", "modalities --json", "cache list", "--help", "train --help"])
  func listingsEndQuietly(command: String) throws {
    _ = try shell("{ $IIC \(command) 2> errors; echo $? > status; } | head -c 1")
    #expect(try status("status") == "0")
    #expect(try status("errors").isEmpty)
  }

  /// Figures that nobody could read are an error, once the run is on the disk.
  @Test func aFullDiskUnderStandardOutputIsSaid() throws {
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    _ = try shell(
      "$IIC train iic.yaml --run run --set training.epochs=6 --json > /dev/full 2> errors; echo $? > status")
    #expect(try status("status") == "1")
    #expect(try status("errors").hasSuffix("iic: standard output: cannot be written: No space left on device"))
    try expectWhole("run")
  }
}
