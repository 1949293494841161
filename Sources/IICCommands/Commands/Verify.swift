import ArgumentParser
import Foundation
import IICCore

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes a run's figures again from its weights and data, and compares hashes.",
    discussion: """
      A line for each thing: equal to the last bit; near, as other machines, threads and libraries come in the run's \
      precision; or differs, with what was and what is. The exit code is 1 if something differs.
      Example: iic verify runs/a
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Flag(help: "Print the findings as one JSON object.")
  var json = false

  @OptionGroup var settings: RunSettings

  private struct Report: Encodable {
    let run: String
    let holds: Bool
    let findings: [RunCheck.Finding]
  }

  func run() throws {
    try reportingErrors {
      let check = try RunCheck(
        at: runPath, overrides: settings.overrides, registry: registry, cache: .announced)
      if json {
        try Console.printJSON(Report(run: runPath, holds: check.holds, findings: check.findings))
      } else {
        let width = check.findings.map(\.what.count).max() ?? 0
        for one in check.findings {
          let outcome = one.outcome.rawValue
          Console.print(
            one.what + String(repeating: " ", count: width - one.what.count + 2) + outcome
              + String(repeating: " ", count: 9 - outcome.count) + one.detail)
        }
        Console.print(check.holds ? "the run holds" : "the run does not hold")
      }
      if !check.holds { throw ExitCode.failure }
    }
  }
}
