import IICCommands
import ImageModality

/// The whole command line, with an objective of this package.
@main struct Degenerate {
  static func main() {
    IICCommand.run(modalities: [ImageModality.self], objectives: [PseudoLabelObjective.self], name: "degenerate")
  }
}
