/// What a checkpoint says beside its tensors: `state.json`.
struct CheckpointState: Sendable, Codable {
  /// Raised when the layout changes; others are refused.
  static let version = 3

  /// Where one initialisation is.
  struct Position: Sendable, Codable {
    let restart, epoch, step: Int
    /// Absent before the first epoch is done.
    let loss: Double?
    /// The heads that have begun to learn.
    let begun: [String]
    let record: EpochRecord
  }

  /// What the run has come to, beyond the training itself.
  struct Progress: Sendable, Codable {
    var seconds = 0.0
    var pairs = 0
    var bestEpoch = 0
    /// Absent while there are no best weights.
    var bestLoss: Double?
    /// Of the file of the best weights; absent while there are none.
    var bestSHA256: String?
    /// The lengths of `metrics.jsonl` and `timing.jsonl`, bytes; what is behind them was written later.
    var metricsLength = 0
    var timingLength = 0
  }

  var version = CheckpointState.version
  /// The resolved manifest.
  let manifest: String
  let dataSHA256: String
  /// Of the file that names pairs, if there is one.
  let pairsSHA256: String?
  let libtorch: String
  let threads: Int
  let isTrying: Bool
  let current: Position
  let best: Position?
  let progress: Progress
}
