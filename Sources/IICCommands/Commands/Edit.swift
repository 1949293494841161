import ArgumentParser
import Files
import Foundation
import IICCore

struct Edit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Names, merges and splits a run's clusters; every command obeys.",
    discussion: """
      What is said is kept in edits.json beside the weights, which stay as they are, and can be taken back. A merged \
      cluster keeps the lowest of its numbers; the parts of one that is split get new numbers. A split takes the auxiliary \
      head's clusters inside the cluster. In one command merges come first, then splits, names and colours. Without any, \
      the clusters are listed.
      Example: iic edit runs/a --merge 4,7=cars --rename 3=boats --split 2
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Option(help: ArgumentHelp("Give a cluster a name. May be repeated.", valueName: "cluster=name"))
  var rename: [String] = []

  @Option(help: ArgumentHelp("Make clusters one, and name it. May be repeated.", valueName: "c,c,...[=name]"))
  var merge: [String] = []

  @Option(
    help: ArgumentHelp(
      "Divide a cluster, into 2 parts or as many as are named. May be repeated.", valueName: "c[:parts]"))
  var split: [String] = []

  @Option(help: ArgumentHelp("Show a cluster in a colour. May be repeated.", valueName: "cluster=#rrggbb"))
  var colour: [String] = []

  @Option(
    help: ArgumentHelp("Take all edits from a file that the page of a report saved.", valueName: "edits.json"))
  var from: String?

  @Flag(help: "Take the last edit back.")
  var undo = false

  @Flag(help: "Take all edits back.")
  var clear = false

  @Flag(help: "Print the clusters as one JSON object.")
  var json = false

  @OptionGroup var settings: RunSettings

  private var hasEdits: Bool { !(rename + merge + split + colour).isEmpty }

  func validate() throws {
    guard [undo, clear, hasEdits, from != nil].count(where: \.self) < 2 else {
      throw ValidationError("--undo, --clear, --from and edits exclude each other")
    }
    for text in rename { _ = try Self.named(text, "--rename", "3=boats") }
    for text in colour { _ = try Self.named(text, "--colour", "3=#0072b2") }
    for text in merge { _ = try Self.merge(text) }
    for text in split { _ = try Self.split(text) }
  }

  func run() throws {
    try reportingErrors {
      let model = try RunModel(at: runPath, overrides: settings.overrides, registry: registry)
      let (chosen, problem) = model.subhead
      guard let chosen else { throw UserError(problem ?? "\(runPath): the run's sub-head is not known") }
      // Without its data a run's clusters can still be named and merged.
      let run = Result { try FinishedRun(at: runPath, best: false, settings) }
      if clear {
        try model.folder.removeEdits()
      } else if let from {
        try model.takeEdits(from: URL(filePath: from), subhead: chosen)
      } else if undo || hasEdits {
        let known = try model.edits(subhead: chosen)
        if let warning = known.warnings.first { throw UserError("\(warning); --clear takes them back") }
        var said = try known.said ?? model.noEdits(subhead: chosen)
        if undo {
          guard said.undo() != nil else { throw UserError("\(runPath): there is no edit to take back") }
        } else {
          try add(to: &said, known.clusters, model, run)
        }
        try said.edits.isEmpty ? model.folder.removeEdits() : model.folder.write(json: said, to: model.folder.edits)
      }
      try list(model.edits(subhead: chosen), model, run)
    }
  }

  /// Adds the command's edits to what was said.
  private func add(
    to said: inout ClusterEdits, _ known: EditedClusters, _ model: RunModel, _ run: Result<FinishedRun, any Error>
  ) throws {
    var clusters = known
    if model.network.isDense, !split.isEmpty {
      throw UserError("--split: \(runPath) clusters places, which cannot be split; merges and names are possible")
    }
    func add(_ option: String, _ text: String, _ edit: () throws -> ClusterEdits.Edit) throws {
      do {
        try said.add(edit(), to: &clusters)
      } catch let error as UserError {
        throw UserError("\(option) \(text): \(error.problem)")
      }
    }
    for text in merge {
      let (numbers, name) = try Self.merge(text)
      try add("--merge", text) { .merge(numbers, name: name) }
    }
    for text in split {
      let (cluster, count) = try Self.split(text)
      try add("--split", text) {
        .split(cluster: cluster, parts: try run.get().parts(of: cluster, into: count, in: clusters))
      }
    }
    for text in rename {
      let (cluster, name) = try Self.named(text, "--rename", "3=boats")
      try add("--rename", text) { .rename(cluster: cluster, name: name) }
    }
    for text in colour {
      let (cluster, value) = try Self.named(text, "--colour", "3=#0072b2")
      try add("--colour", text) { .colour(cluster: cluster, colour: value) }
    }
  }

  private struct Listing: Encodable {
    struct Cluster: Encodable {
      let cluster: Int
      let name, colour: String?
      let items: Int?
    }

    let run: String
    let clusters: [Cluster]
  }

  /// Shows the clusters with their items and, if they changed, writes the run's tables again.
  private func list(_ edits: RunFolder.Edits, _ model: RunModel, _ run: Result<FinishedRun, any Error>) throws {
    Console.warn(edits.warnings)
    let changed = undo || clear || hasEdits || from != nil
    var counts: [Int: Int] = [:]
    do {
      let figures = changed ? try run.get().writeTables() : try run.get().report().figures
      counts = Dictionary(
        uniqueKeysWithValues: zip(figures.clusterNumbers ?? Array(0..<figures.clusters), figures.clusterCounts))
    } catch {
      Console.warn([
        "the items of the clusters are not counted\(changed ? ", and the run's tables are as they were" : ""): \(error)"
      ])
    }
    let clusters = edits.clusters.numbers.map {
      Listing.Cluster(
        cluster: $0, name: edits.clusters.names[$0], colour: edits.clusters.colours[$0], items: counts[$0])
    }
    if json { return try Console.printJSON(Listing(run: runPath, clusters: clusters)) }
    let unit = model.network.isDense ? "places" : "items"
    for one in clusters {
      let name = one.name.map { " \($0)" } ?? ""
      let size = one.items.map { ": \($0) \(unit)" } ?? ""
      Console.print("\(one.cluster)\(name)\(size)" + (one.colour.map { ", \($0)" } ?? ""))
    }
  }

  private static func named(_ text: String, _ option: String, _ example: String) throws -> (Int, String) {
    guard let equals = text.firstIndex(of: "="), let cluster = Int(text[..<equals]) else {
      throw ValidationError("\(option) \(text): expected a cluster's number, = and what it is to be, as \(example)")
    }
    return (cluster, String(text[text.index(after: equals)...]))
  }

  private static func merge(_ text: String) throws -> ([Int], String?) {
    let equals = text.firstIndex(of: "=")
    let numbers = text[..<(equals ?? text.endIndex)].split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0)
    }
    guard !numbers.contains(nil) else {
      throw ValidationError("--merge \(text): expected numbers of clusters, as 4,7 or 4,7=cars")
    }
    return (numbers.compactMap(\.self), equals.map { String(text[text.index(after: $0)...]) })
  }

  private static func split(_ text: String) throws -> (Int, Int) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let cluster = parts[0], let count = parts.count == 1 ? 2 : parts[1] else {
      throw ValidationError("--split \(text): expected a cluster's number, as 2, or with a number of parts, as 2:3")
    }
    return (cluster, count)
  }
}
