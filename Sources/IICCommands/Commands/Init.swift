import Archive
import ArgumentParser
import Foundation
import IICCore

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract:
      "Proposes a manifest for some data: their kind, layout, sizes and classes, as far as they can be told.",
    discussion: """
      The manifest goes to standard output, with comments on what was guessed.
      Example: iic init photos.zip > photos.yaml; iic inspect photos.yaml; iic train photos.yaml
      """)

  @Argument(help: "A folder, an archive or a file.")
  var source: String

  func run() throws {
    try reportingErrors {
      let text = try registry.draft(of: DataSource(path: source))
      Console.write(text, to: STDOUT_FILENO)
      Console.note("next: put this into a file, look at it, then: \(Program.current.name) inspect FILE")
    }
  }
}
