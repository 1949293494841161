import Foundation
import Testing

/// Every command explains itself.
@Suite(.serialized) struct HelpTests {
  private static let commands = [
    "", "init", "train", "evaluate", "assign", "edit", "sweep", "compare", "doubt", "map", "probe", "finetune",
    "ablate",
    "verify", "embed", "export",
    "report", "segment", "inspect", "modalities", "cache", "cache list", "cache clear", "bench",
    "bench fashion-mnist",
    "bench throughput", "bench joint",
  ]

  let folder: Workspace

  init() throws { folder = try Workspace() }

  private func help(_ command: String) throws -> Outcome {
    try iic(command.split(separator: " ").map(String.init) + ["--help"], in: folder)
  }

  @Test(arguments: commands) func isThere(command: String) throws {
    let outcome = try help(command)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("OVERVIEW: "))
    #expect(outcome.output.contains("USAGE: \(command.isEmpty ? "iic" : "iic \(command)") "), "\(outcome.output)")
  }

  @Test func theVersionNamesWhatTheProgramIsMadeOf() throws {
    let outcome = try iic("--version", in: folder)
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let lines = outcome.output.split(separator: "\n")
    for (line, name) in zip(lines, ["iic", "Swift", "libtorch", "libarchive", "OpenSSL", "FFmpeg"]) {
      #expect(line.firstMatch(of: /^([A-Za-z]+) [0-9]+\.[0-9]+/)?.1 == name[...], "\(line)")
    }
    #expect(lines.count == 6)
  }

  /// What is listed as a command is one of those above, and the other way round.
  @Test func namesEveryCommand() throws {
    var found = [""]
    var next = 0
    while next < found.count {
      let command = found[next]
      next += 1
      let lines = try help(command).output.components(separatedBy: "\n")
      // A command is indented by two spaces, and its description goes on further to the right.
      let listed = lines.drop { $0 != "SUBCOMMANDS:" }.dropFirst().prefix { $0.hasPrefix("  ") }
      let names = listed.filter { !$0.hasPrefix("   ") }.compactMap {
        $0.split(separator: " ").first.map(String.init)
      }
      found += names.map { command.isEmpty ? $0 : "\(command) \($0)" }
    }
    #expect(Set(found) == Set(Self.commands))
    #expect(found.count == Self.commands.count)
  }

  /// Commands that report figures print them as JSON when asked to.
  @Test(arguments: [
    "train", "evaluate", "inspect", "modalities", "cache list", "bench fashion-mnist", "bench throughput",
    "bench joint", "segment", "assign", "edit", "sweep", "compare", "doubt", "verify",
  ])
  func figuresMayBeJSON(command: String) throws {
    #expect(try help(command).output.contains("\n  --json "))
  }
}
