import Files
import Foundation

/// Keeps the weights of the epoch of lowest loss; of several initialisations those of the one that goes on, from when it
/// was chosen.
final class BestWeights: TrainingObserver {
  /// What they are of.
  struct Position: Sendable, Codable {
    /// Counted from 0.
    var epoch = 0
    /// Absent while there are none.
    var loss: Double?
    /// Of their file; absent while there are none.
    var sha256: String?
  }

  private(set) var position = Position()
  private let url: URL
  private let hasRestarts: Bool
  /// Those that no checkpoint has named yet.
  private var unsaved: SafetensorsFile?

  /// Keeps them at `url`, in the end and whenever they were handed over; `hasRestarts` says whether several
  /// initialisations are tried.
  init(at url: URL, hasRestarts: Bool) {
    self.url = url
    self.hasRestarts = hasRestarts
  }

  /// Goes back to a position, whose weights are in a file of a checkpoint.
  func take(_ position: Position, from file: URL?) throws {
    if let file {
      do {
        try WholeFile.share(file, as: url)
      } catch {
        throw UserError("\(url.path(percentEncoded: false)): cannot be written: \(error)")
      }
    }
    self.position = position
  }

  func see(_ event: TrainingEvent) throws {
    switch event {
    case .step: break
    case .chosen(_, _, let state): try compare(state.current)
    case .epoch(_, let state):
      // Of several initialisations all but one are discarded.
      if !hasRestarts || !state.isTrying { try compare(state.current) }
    }
  }

  private func compare(_ initialisation: Initialisation) throws {
    guard initialisation.loss < position.loss ?? .infinity else { return }
    let weights = try Weights.file(of: initialisation.network)
    position = Position(
      epoch: initialisation.record.epoch, loss: initialisation.loss, sha256: try weights.checksum())
    unsaved = weights
  }

  /// Hands over what must come to the disk before a checkpoint names it.
  func takeUnsaved() -> SafetensorsFile? {
    defer { unsaved = nil }
    return unsaved
  }

  /// Writes what no checkpoint names: training ended with the choice among initialisations.
  func finish() throws { try takeUnsaved()?.write(to: url) }
}
