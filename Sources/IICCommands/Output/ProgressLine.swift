import Foundation
import IICCore

/// A line on standard error that follows training: rewritten in a terminal; elsewhere a line an epoch and, within long ones,
/// every ten seconds.
final class ProgressLine {
  private let training: TrainingConfiguration
  /// K and lambda of the main head.
  private let clusters: Int
  private let lambda: Double
  private let isQuiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let start = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  /// The epochs that were done when this began, of a run that goes on.
  private var doneBefore: Double?
  private var width = 0
  private var watch: CollapseWatch

  /// Follows a training on so many items; if quiet, warnings alone are shown.
  init(_ configuration: ExperimentConfiguration, items: Int, isQuiet: Bool = false) {
    self.isQuiet = isQuiet
    training = configuration.training
    clusters = configuration.heads.main.clusters
    lambda = configuration.heads.main.lambda
    watch = CollapseWatch(
      clusters: configuration.heads.main.clusters, advice: configuration.collapseAdvice(items: items))
  }

  func show(_ event: TrainingEvent) {
    switch event {
    case .step(let step, let count, let state):
      guard !isQuiet else { return }
      let record = state.current.record
      let part = Double(step) / Double(max(1, count))
      if doneBefore == nil { doneBefore = epochs(before: record) + part - 1 / Double(max(1, count)) }
      guard ContinuousClock.now - lastShown > (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
      lastShown = .now
      let line = "\(title(record)), step \(step) of \(count): \(figures(record))\(timeLeft(record, part))"
      if isTerminal { rewrite(line) } else { Console.note(line) }
    case .epoch(let record, _):
      lastShown = .now
      let line = "\(title(record)): \(figures(record))\(use(record))\(accuracy(record))\(timeLeft(record, 1))"
      if isTerminal, !isQuiet {
        rewrite(line)
        finish()
      } else if !isQuiet {
        Console.note(line)
      }
      for warning in watch.warnings(after: record) {
        finish()
        Console.note("warning: \(warning)")
      }
    case .chosen(let restart, let loss, _):
      finish()
      guard !isQuiet else { return }
      Console.note("start \(restart + 1) goes on, loss \(fixed(loss, 3))")
    }
  }

  func finish() {
    if isTerminal, width > 0 { Console.note("") }
    width = 0
  }

  private func title(_ record: EpochRecord) -> String {
    let start =
      training.restarts.count > 1 && record.epoch < training.restarts.epochs
      ? "start \(record.restart + 1) of \(training.restarts.count), " : ""
    return "\(start)epoch \(record.epoch + 1) of \(training.epochs)"
  }

  private func figures(_ record: EpochRecord) -> String {
    // Until the main head begins to learn there is only the other's loss.
    let main = record.lowestLoss(of: HeadsConfiguration.main)
    let loss =
      main.isFinite ? "loss \(fixed(main, 3))" : "auxiliary loss \(fixed(record.lowestLoss(of: "auxiliary"), 3))"
    // Without lambda the loss is the information between views, with the sign turned.
    let share =
      main.isFinite && lambda == 1
      ? ", \(Int((100 * -main / log(Double(clusters))).rounded())) % of ln \(clusters)" : ""
    return "\(loss)\(share), \(Int(record.pairsPerSecond)) pairs/s"
  }

  /// Of the main head's clusters, how many hold items.
  private func use(_ record: EpochRecord) -> String {
    record.usageFigures.map { ", \($0.clustersWithItems) of \(clusters) clusters in use" } ?? ""
  }

  /// The epochs of all starts before one.
  private func epochs(before record: EpochRecord) -> Double {
    let restarts = training.restarts
    guard restarts.count > 1 else { return Double(record.epoch) }
    return record.epoch < restarts.epochs
      ? Double(record.restart * restarts.epochs + record.epoch)
      : Double((restarts.count - 1) * restarts.epochs + record.epoch)
  }

  /// The time that the rest of the run will take if it goes on as so far; nothing before that can be told.
  private func timeLeft(_ record: EpochRecord, _ part: Double) -> String {
    let restarts = training.restarts
    let all = Double(training.epochs + (restarts.count > 1 ? (restarts.count - 1) * restarts.epochs : 0))
    let done = epochs(before: record) + part
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    guard let doneBefore, done - doneBefore > 0, seconds > 2, done < all else { return "" }
    return ", \(Self.span(seconds / (done - doneBefore) * (all - done))) left"
  }

  private static func span(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(Int(seconds.rounded())) s"
    case ..<5400: "\(Int((seconds / 60).rounded())) min"
    default: "\(fixed(seconds / 3600, 1)) h"
    }
  }

  private func accuracy(_ record: EpochRecord) -> String {
    record.evaluation?.byLoss.acc.map { ", ACC by loss \(fixed($0, 3))" } ?? ""
  }

  private func rewrite(_ line: String) {
    // A line that wraps could not be rewritten.
    var size = winsize()
    let columns =
      ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) - 1 : 200
    let shown = String(line.prefix(columns))
    let padding = String(repeating: " ", count: max(0, min(width, columns) - shown.count))
    Console.write("\r\(shown)\(padding)", to: STDERR_FILENO)
    width = shown.count
  }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
