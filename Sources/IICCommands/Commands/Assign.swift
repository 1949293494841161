import ArgumentParser
import Files
import Foundation
import IICCore
import Manifest

struct Assign: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Gives items that were not trained on their clusters, by a finished run.",
    discussion: """
      A row for each item, in the order of the data: id, cluster, the cluster's name if it has one, its probability, and \
      by how much that exceeds the next one's. An item that cannot be read has its reason in place of a label. The same \
      item gets the same label whatever is beside it. What was fitted to the run's data (vocabulary, means) is the run's; \
      its own data are not opened. Interrupted, the same command goes on where it stopped.
      Example: iic assign runs/a new.zip --out new.csv
      With --stream items are named on standard input, a line each, and labels go to standard output as they come:
      tail -f names.txt | iic assign runs/a --stream
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var runPath: String

  @Argument(help: "The data: what the manifest's data.source could name; if absent, the run's own.")
  var source: String?

  @Option(help: "The file for the labels; its suffix says the format, .csv, .jsonl or .npy.")
  var out: String?

  @Option(
    help: "csv, jsonl or npy, whatever the suffix of the file.",
    transform: { text in
      guard let format = LabelFormat(rawValue: text) else { throw ValidationError("expected csv, jsonl or npy") }
      return format
    })
  var format: LabelFormat?

  @Flag(help: "Also write the probability of every cluster; as npy, these alone.")
  var all = false

  @Flag(help: "Label lines of standard input as they come.")
  var stream = false

  @Option(help: "The sub-head whose clusters are given; if absent, the run's.")
  var subhead: Int?

  @Flag(help: "Give the clusters that most sub-heads agree on.")
  var consensus = false

  @Option(
    name: .customLong("with"),
    help:
      "Another run over the same items, whose sub-heads have their say: the clusters that most of all agree on. May be repeated."
  )
  var others: [String] = []

  @Flag(help: "Use the weights of the epoch of lowest loss instead of the last epoch's.")
  var best = false

  @Flag(help: "Print one JSON object: the counts of items by cluster.")
  var json = false

  @OptionGroup var settings: RunSettings

  func validate() throws {
    guard subhead == nil || !consensus && others.isEmpty else {
      throw ValidationError("--subhead excludes --consensus and --with, which ask all sub-heads")
    }
    guard stream else {
      guard let out else { throw ValidationError("name a file for the labels with --out, or give --stream") }
      guard format != nil || LabelFormat(path: out) != nil else {
        throw ValidationError("--out \(out): expected a name that ends in .csv, .jsonl or .npy, or --format")
      }
      return
    }
    guard source == nil, out == nil else {
      throw ValidationError(
        "--stream reads standard input and writes to standard output; expected no data and no --out")
    }
    guard format != .npy, !json else { throw ValidationError("--stream writes csv or jsonl") }
  }

  func run() throws {
    try reportingErrors {
      let given = source.map { [ManifestDocument.override("data.source", text: $0)] } ?? []
      let model = try RunModel(at: runPath, best: best, overrides: settings.overrides + given, registry: registry)
      let others = try self.others.map { path in
        try RunModel(at: path, best: best, overrides: settings.overrides + given, registry: registry)
      }
      let assigner = try Assigner(
        model, by: consensus ? .consensus : subhead.map { .subhead($0) } ?? .run, with: others)
      Console.warn(assigner.warnings)
      if stream { return try label(lines: LabelStream(model, assigner, settings: settings.overrides), assigner) }
      guard let out, let format = format ?? LabelFormat(path: out) else { return }
      // A file that cannot be read is no reason to give the others no label.
      let asksForFailure = settings.overrides.contains { $0.hasPrefix("data.onUndecodable=") }
      let skips = model.has(key: "data.onUndecodable") && !asksForFailure
      let dataset = try model.dataset(setting: skips ? ["data.onUndecodable=skip"] : [], cache: .announced)
      Console.warn(dataset.description.notes)
      let choice = consensus ? "consensus" : subhead.map(String.init) ?? "run"
      let works = try ([model] + others).map { try $0.identity(setting: settings.overrides) }
      let file = try LabelFile(
        assigner, dataset, as: format, hasAll: all, at: URL(filePath: out),
        work: works.joined(separator: " ") + " \(choice) \(ProgramVersion.number)")
      let counter = Counter(of: file.count)
      let counts = try file.write(progress: counter.show)
      counter.finish()
      try report(counts, assigner.clusters, unread: dataset.description.unread.count, in: out)
    }
  }

  private struct Report: Encodable {
    struct Cluster: Encodable {
      let cluster: Int
      let name: String?
      let items: Int
    }

    let out: String
    let items, unread: Int
    let clusters: [Cluster]
  }

  private func report(_ counts: [Int: Int], _ clusters: EditedClusters, unread: Int, in out: String) throws {
    let list = clusters.numbers.map {
      Report.Cluster(cluster: $0, name: clusters.names[$0], items: counts[$0] ?? 0)
    }
    let items = list.reduce(0) { $0 + $1.items }
    if json { return try Console.printJSON(Report(out: out, items: items, unread: unread, clusters: list)) }
    let sizes = list.map { "\($0.items)" + ($0.name.map { " \($0)" } ?? "") }.joined(separator: ", ")
    Console.print(
      "\(out): \(items) items in \(list.count) clusters of \(sizes)" + (unread > 0 ? "; \(unread) unread" : ""))
  }

  private func label(lines: LabelStream, _ assigner: Assigner) throws {
    let table = LabelTable(format ?? .csv, of: assigner.clusters, hasAll: all)
    if isatty(STDIN_FILENO) != 0 { Console.note("labels lines as they come; each is \(lines.meaning)") }
    Console.write(String(decoding: table.header(items: 0), as: UTF8.self), to: STDOUT_FILENO)
    var input = LineInput(STDIN_FILENO)
    var count = 0
    while let texts = try input.next() {
      let rows = try lines.rows(of: texts, first: count + 1)
      count += texts.count
      Console.write(String(decoding: table.data(rows), as: UTF8.self), to: STDOUT_FILENO)
      // Who closed the pipe has seen enough.
      guard Console.isOpen else { return }
    }
  }
}

extension LabelFormat {
  fileprivate init?(path: String) { self.init(rawValue: URL(filePath: path).pathExtension.lowercased()) }
}

/// Lines of a stream, as many at a time as have come.
struct LineInput {
  /// The most lines that are handed out together, and the longest line, bytes.
  private static let mostLines = 256, longest = 1 << 26
  /// How long the first of some lines waits for others, milliseconds.
  private static let patience: Int32 = 50

  private let descriptor: Int32
  private var rest: [UInt8] = []
  private var isAtEnd = false

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The next lines, one at least, without their ends; nil at the end of the stream.
  mutating func next() throws -> [String]? {
    var lines: [String] = []
    var start = 0
    while true {
      while lines.count < Self.mostLines, let end = rest[start...].firstIndex(of: 10) {
        lines.append(Self.text(rest[start..<end]))
        start = end + 1
      }
      if lines.count == Self.mostLines { break }
      rest.removeFirst(start)
      start = 0
      if isAtEnd {
        if !rest.isEmpty { lines.append(Self.text(rest[...])) }
        rest = []
        break
      }
      if !lines.isEmpty {
        var stream = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&stream, 1, Self.patience) != 0 else { break }
      }
      try fill()
    }
    rest.removeFirst(start)
    return lines.isEmpty ? nil : lines
  }

  private mutating func fill() throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &buffer, buffer.count)
    guard count >= 0 else {
      if errno == EINTR { return }
      throw UserError("standard input: cannot be read: \(String(cString: strerror(errno)))")
    }
    isAtEnd = count == 0
    rest += buffer[..<count]
    guard rest.count < Self.longest || rest.contains(10) else {
      throw UserError("standard input: found a line of more than \(Self.longest) bytes")
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.last == 13 ? bytes.dropLast() : bytes, as: UTF8.self)
  }
}

/// A line on standard error that says how much of something is done, in a terminal.
final class Counter {
  private let count: Int
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let start = ContinuousClock.now
  private var first: Int?
  private var shown = ContinuousClock.now

  init(of count: Int) { self.count = count }

  func show(_ done: Int) {
    if first == nil {
      first = done
      if done > 0 { Console.note("goes on behind \(done) of \(count)") }
    }
    guard ContinuousClock.now - shown > (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
    shown = .now
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let line = "\(done) of \(count), \(Int(Double(done - (first ?? 0)) / seconds)) items/s"
    if isTerminal { Console.write("\r\(line)\u{1B}[K", to: STDERR_FILENO) } else { Console.note(line) }
  }

  func finish() { if isTerminal { Console.write("\r\u{1B}[K", to: STDERR_FILENO) } }
}
