/// What a checkpoint says beside its tensors: `state.json`.
struct CheckpointState: Sendable, Codable {
  /// Raised when the layout changes; others are refused.
  static let version = 4

  var version = CheckpointState.version
  /// The resolved manifest.
  let manifest: String
  let dataSHA256: String
  /// Of the file that names pairs, if there is one.
  let pairsSHA256: String?
  /// The versions of this program, of the Swift that built it, and of libtorch.
  let program, swift, libtorch: String
  let threads: Int
  let training: TrainingState.Position
  /// What the run has written.
  let log: EpochLog.Position
  let bestWeights: BestWeights.Position
}
