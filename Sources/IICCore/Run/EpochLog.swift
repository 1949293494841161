import Foundation

/// Writes a line for each epoch to `metrics.jsonl` and `timing.jsonl`.
final class EpochLog: TrainingObserver {
  /// How far it is.
  struct Position: Sendable, Codable {
    /// The time spent training, seconds, and the pairs trained on, of all initialisations.
    var seconds = 0.0
    var pairs = 0
    /// The lengths of the files, bytes; what is behind them was written later.
    var metricsLength = 0
    var timingLength = 0
  }

  private(set) var position = Position()
  private let folder: RunFolder

  init(_ folder: RunFolder) { self.folder = folder }

  /// The files, each there from the first epoch on.
  var records: [URL] { [folder.metrics, folder.timing] }

  /// Goes back to a position: what was written later is cut off.
  func take(_ position: Position) throws {
    try folder.truncate(folder.metrics, to: position.metricsLength)
    try folder.truncate(folder.timing, to: position.timingLength)
    self.position = position
  }

  func see(_ event: TrainingEvent) throws {
    guard case .epoch(let record, _) = event else { return }
    position.seconds += record.seconds
    position.pairs += record.pairs
    position.metricsLength += try folder.append(record.metrics, to: folder.metrics)
    position.timingLength += try folder.append(record.timing, to: folder.timing)
  }
}
