import Foundation
import IICCore

/// A line on standard error that follows training: rewritten in a terminal, one line an epoch elsewhere.
final class ProgressLine {
  private let training: TrainingConfiguration
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private var lastShown = ContinuousClock.now
  private var width = 0
  private var watch: CollapseWatch

  /// Follows a training on so many items.
  init(_ configuration: ExperimentConfiguration, items: Int) {
    training = configuration.training
    watch = CollapseWatch(
      clusters: configuration.heads.main.clusters, advice: configuration.collapseAdvice(items: items))
  }

  func show(_ event: TrainingEvent) {
    switch event {
    case .step(let step, let count, let state):
      guard isTerminal, ContinuousClock.now - lastShown > .milliseconds(200) else { return }
      lastShown = .now
      let record = state.current.record
      rewrite("\(title(record)), step \(step) of \(count): \(figures(record))")
    case .epoch(let record, _):
      let line = "\(title(record)): \(figures(record))\(accuracy(record))"
      if isTerminal { rewrite(line) } else { Console.note(line) }
      for warning in watch.warnings(after: record) {
        finish()
        Console.note("warning: \(warning)")
      }
    case .chosen(let restart, let loss, _):
      finish()
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
    return "\(loss), \(Int(record.pairsPerSecond)) pairs/s"
  }

  private func accuracy(_ record: EpochRecord) -> String {
    record.evaluation?.byLoss.acc.map { ", ACC by loss \(fixed($0, 3))" } ?? ""
  }

  private func rewrite(_ line: String) {
    let padding = String(repeating: " ", count: max(0, width - line.count))
    Console.write("\r\(line)\(padding)", to: STDERR_FILENO)
    width = line.count
  }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
