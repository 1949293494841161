import ArgumentParser
public import IICCore

/// The whole command line, for any list of modalities.
///
/// A package of its own gets every command for its modality with one call, and for its objectives:
///
///     IICCommand.run(modalities: [SensorModality.self], objectives: [ContrastiveObjective.self])
public enum IICCommand {
  /// Reads this process's arguments and runs the command that they name. Ends the process with a message and a
  /// status other than 0 if that fails.
  ///
  /// - Parameters:
  ///   - modalities: the kinds of data that manifests may name, in the order in which messages list them.
  ///   - objectives: the objectives that manifests may name beside the information loss.
  ///   - name: what help and messages call the program.
  ///   - libraries: the libraries that the modalities read with, each with its version, for `--version`.
  public static func run(
    modalities: [any Modality.Type], objectives: [any RegisteredObjective.Type] = [], name: String = "iic",
    libraries: [String] = []
  ) {
    Console.prepare()
    let program = Program(name: name, registry: Registry(modalities, objectives: objectives), libraries: libraries)
    Program.$current.withValue(program) { RootCommand.main() }
  }
}

struct RootCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: Program.current.name,
      abstract: "Clusters paired data without labels, by Invariant Information Clustering.",
      version: (ProgramVersion.lines + Program.current.libraries).joined(separator: "\n"),
      subcommands: [
        Init.self, Train.self, Evaluate.self, Assign.self, Edit.self, Sweep.self, Compare.self, Doubt.self,
        Map.self, Probe.self, Finetune.self, Ablate.self, Verify.self, Embed.self, Export.self, Report.self,
        Segment.self,
        Inspect.self, Modalities.self, Cache.self,
      ]
        + Bench.ifUsable)
  }

  /// What a first day needs; --help has everything.
  func run() throws {
    let name = Program.current.name
    Console.print(
      """
      \(name) clusters paired data without labels. For a first day:
        \(name) init PHOTOS.zip > photos.yaml              a manifest for the data that lie there
        \(name) inspect photos.yaml                        reads them, tries some steps, says what training takes
        \(name) train photos.yaml --run photos             trains, and keeps all of it in a folder
        \(name) report photos                              a page to look at: clusters, members, a map, curves
        \(name) assign photos NEW.zip --out new.csv        the same clusters for other data
      All commands: \(name) --help
      """)
  }
}
