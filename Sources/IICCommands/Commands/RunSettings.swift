import ArgumentParser
import Foundation
import IICCore

/// What a command that uses a run may set: the data and how they are shown, not the network.
struct RunSettings: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: "A key of the run's manifest to set, about data or evaluation: evaluation.parts=[test]. May be repeated.")
  var overrides: [String] = []

  /// What has an effect on a network that is trained.
  private static let sections = [
    "data", "pairs", "views", "evaluation", "training.precision", "training.threads", "training.device",
  ]

  func validate() throws {
    for override in overrides {
      let key = override.prefix { $0 != "=" }
      let isKnown = Self.sections.contains { key == $0 || key.hasPrefix("\($0).") }
      guard !isKnown else { continue }
      throw ValidationError(
        "--set \(override): has no effect on a network that is trained; expected a key of "
          + Self.sections.joined(separator: ", "))
    }
  }
}

extension FinishedRun {
  /// Opens a run as a command does: warnings go to standard error.
  init(at path: String, best: Bool, _ settings: RunSettings) throws {
    try self.init(
      at: path, best: best, overrides: settings.overrides, registry: registry, cache: .announced, warn: Console.warn
    )
  }
}
