import Files
import Foundation

/// Whether what a run's folder says still follows from its weights and data.
public struct RunCheck {
  /// What came of comparing one thing.
  public enum Outcome: String, Sendable, Encodable {
    /// Equal to the last bit.
    case equal
    /// As near as other machines, threads or libraries come in the run's precision.
    case near
    /// Another.
    case differs
    /// It cannot be told.
    case unknown
  }

  /// One thing that was compared.
  public struct Finding: Sendable, Encodable {
    /// What was compared.
    public let what: String
    /// What came of it.
    public let outcome: Outcome
    /// What was found, for people.
    public let detail: String
  }

  /// Losses and figures differ by so much between machines, and so large a share of items changes clusters. In bfloat16 an
  /// item between two clusters falls to either.
  private struct Noise {
    let loss, share: Double

    init(_ precision: String?) { (loss, share) = precision == "bfloat16" ? (0.02, 0.03) : (1e-3, 0.005) }
  }

  /// All that was compared, in order.
  public private(set) var findings: [Finding] = []
  private let run: FinishedRun
  private let noise: Noise
  private let receipt: Receipt?
  private let result: TrainingRun.Result?

  /// Whether nothing differs.
  public var holds: Bool { !findings.contains { $0.outcome == .differs } }

  /// Computes the figures of a run again and compares.
  public init(at path: String, overrides: [String] = [], registry: Registry, cache: SampleCache) throws {
    run = try FinishedRun(at: path, overrides: overrides, registry: registry, cache: cache)
    receipt = try run.folder.readReceipt()
    noise = Noise(receipt?.precision)
    result = try? JSONDecoder().decode(TrainingRun.Result.self, from: Data(contentsOf: run.folder.evaluation))
    compareData()
    comparePrograms()
    compareWeights()
    try compareLast()
    if FileManager.default.fileExists(atPath: run.folder.bestWeights.path(percentEncoded: false)) {
      let best = try FinishedRun(at: path, best: true, overrides: overrides, registry: registry, cache: cache)
      let found = try best.experiment.report(of: best.network, subhead: result?.best.byLoss.subhead)
      compare(found, result?.best, "best epoch")
    }
  }

  private mutating func add(_ what: String, _ outcome: Outcome, _ detail: String) {
    findings.append(Finding(what: what, outcome: outcome, detail: detail))
  }

  private mutating func compareData() {
    let changes = run.folder.dataChanges(run.experiment)
    let outcome: Outcome = changes.isEmpty ? .equal : receipt == nil ? .unknown : .differs
    let hash = run.experiment.dataset.description.contentHash.prefix(16)
    add(
      "data", outcome,
      changes.isEmpty ? "\(run.experiment.dataset.count) items, SHA-256 \(hash)…" : changes.joined(separator: "; "))
  }

  private mutating func comparePrograms() {
    guard let receipt else { return add("receipt.json", .unknown, "not there") }
    let now = Receipt(run.experiment)
    let pairs = [
      ("program", receipt.program ?? "unknown", now.program ?? ""), ("libtorch", receipt.libtorch, now.libtorch),
      ("Swift", receipt.swift ?? "unknown", now.swift ?? ""), ("threads", "\(receipt.threads)", "\(now.threads)"),
      ("device", receipt.device, now.device), ("precision", receipt.precision, now.precision),
    ]
    let other = pairs.filter { $0.1 != $0.2 }.map { "\($0.0) was \($0.1), is \($0.2)" }
    // Other versions are no fault of the run's; they explain what differs.
    add(
      "versions", other.isEmpty ? .equal : .near, other.isEmpty ? "as in training" : other.joined(separator: "; "))
  }

  private mutating func compareWeights() {
    let folder = run.folder
    for (url, known) in [(folder.lastWeights, result?.lastSHA256), (folder.bestWeights, result?.bestSHA256)] {
      let name = url.lastPathComponent
      guard let found = try? SHA256.hash(of: url) else {
        add(name, .differs, "cannot be read")
        continue
      }
      guard let known else {
        add(name, .unknown, "evaluation.json has no hash of it")
        continue
      }
      add(
        name, found == known ? .equal : .differs,
        found == known ? "SHA-256 \(found.prefix(16))…" : Receipt.difference(known, found))
    }
  }

  /// The figures and the table of the last epoch, by one pass over the items.
  private mutating func compareLast() throws {
    let experiment = run.experiment
    let subhead = result?.last.byLoss.subhead
    guard !run.network.isDense else {
      return compare(try experiment.report(of: run.network, subhead: subhead), result?.last, "last epoch")
    }
    let edits = try run.clusters().edits.clusters
    let found = try experiment.assignments(of: run.network, subhead: subhead, edited: edits)
    // Edits change the table, and neither the weights nor what evaluation.json says.
    var own = found
    own.edited = nil
    compare(try experiment.report(on: .items(own)), result?.last, "last epoch")
    compareTable(found)
  }

  private mutating func compare(_ found: EvaluationReport, _ known: EvaluationReport?, _ name: String) {
    let what = "figures of the \(name)"
    guard let known else { return self.add(what, .unknown, "evaluation.json cannot be read") }
    var parts: [String] = []
    var outcome = Outcome.equal
    func add(_ name: String, _ old: Double?, _ new: Double?, within limit: Double) {
      guard let old, let new else {
        if (old == nil) != (new == nil) {
          parts.append("\(name) \(old == nil ? "was not there" : "is not there")")
          outcome = .differs
        }
        return
      }
      guard old != new else { return }
      parts.append("\(name) was \(Self.text(old)), is \(Self.text(new))")
      if abs(old - new) > limit { outcome = .differs } else if outcome == .equal { outcome = .near }
    }
    add("loss", known.byLoss.loss, found.byLoss.loss, within: noise.loss)
    add("ACC", known.byLoss.acc, found.byLoss.acc, within: noise.share)
    add("NMI", known.byLoss.nmi, found.byLoss.nmi, within: 2 * noise.share)
    add("ARI", known.byLoss.ari, found.byLoss.ari, within: 2 * noise.share)
    add("mean IoU", known.byLoss.meanIoU, found.byLoss.meanIoU, within: 2 * noise.share)
    let same = "loss \(Self.text(found.byLoss.loss))" + (found.byLoss.acc.map { ", ACC \(Self.text($0))" } ?? "")
    self.add(what, outcome, parts.isEmpty ? same : parts.joined(separator: "; "))
  }

  private mutating func compareTable(_ found: Assignments) {
    let ids = run.experiment.dataset.description.ids
    let known: [String: Int]
    do {
      known = try run.folder.readAssignments()
    } catch {
      return add("assignments.csv", .unknown, "\(error)")
    }
    let other = zip(found.items, found.result).count { known[ids[$0.0]] != $0.1 }
    let share = Double(other) / Double(max(1, found.items.count))
    let outcome: Outcome = other == 0 ? .equal : share <= noise.share ? .near : .differs
    add("assignments.csv", outcome, "\(other) of \(found.items.count) items have other clusters")
  }

  private static func text(_ value: Double) -> String { String(format: "%.5f", value) }
}
