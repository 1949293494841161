import Files
import Foundation
import Torch

/// A moment of training, held in memory or in a folder of its own.
///
///     state.json          where training is
///     state.safetensors   weights, running statistics and what the optimiser keeps, float32
///     best.safetensors    the best weights so far, the same file as the run folder's; absent before there are any
///     SHA256SUMS          a line for each of these, as `sha256sum` writes and checks them
struct Checkpoint: Sendable {
  private static let stateName = "state.json"
  private static let tensorsName = "state.safetensors"
  private static let bestName = "best.safetensors"

  let state: CheckpointState
  private let tensors: SafetensorsFile
  private let bestWeights: URL

  /// The file of the best weights; nil if there are none yet.
  var best: URL? { state.bestWeights.sha256 == nil ? nil : bestWeights }

  /// Copies everything that a step changes. Throws if any of it is not finite: that must not replace what is good.
  ///
  /// - Parameter best: where the best weights stand when the checkpoint is written, if there are any.
  init(_ training: TrainingState, _ state: CheckpointState, best: URL) throws {
    try training.checkFinite()
    var file = SafetensorsFile()
    for (name, tensor) in try training.tensors() {
      file.tensors[name] = SafetensorsFile.Entry(
        dtype: .float32, shape: tensor.shape, bytes: Data(try tensor.float32Bytes()))
    }
    self.state = state
    tensors = file
    bestWeights = best
  }

  /// Reads a folder. Throws if anything in it is damaged, cut short or missing.
  init(from folder: URL) throws {
    bestWeights = folder.appending(path: Self.bestName)
    let hasBest = FileManager.default.fileExists(atPath: bestWeights.path(percentEncoded: false))
    let names = [Self.stateName, Self.tensorsName] + (hasBest ? [Self.bestName] : [])
    let sums = String(decoding: try Data(contentsOf: folder.appending(path: ChecksumList.name)), as: UTF8.self)
    let lines = try names.map { try ChecksumList.line(of: $0, in: folder) }
    guard sums == lines.joined() else {
      let place = lines.firstIndex { !sums.contains($0) }
      throw UserError("\(place.map { names[$0] } ?? "what is there") does not fit \(ChecksumList.name)")
    }
    let data = try Data(contentsOf: folder.appending(path: Self.stateName))
    let version = try JSONDecoder().decode(Version.self, from: data).version
    guard version == CheckpointState.version else { throw OtherVersion(found: version) }
    state = try JSONDecoder().decode(CheckpointState.self, from: data)
    tensors = try SafetensorsFile(contentsOf: folder.appending(path: Self.tensorsName))
  }

  /// It is whole, and another version of this program wrote it.
  struct OtherVersion: Error {
    let found: Int
  }

  /// Writes into an empty folder and brings everything to the disk.
  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try WholeFile.write(
      [try encoder.encode(state), Data("\n".utf8)], to: folder.appending(path: Self.stateName))
    try tensors.write(to: folder.appending(path: Self.tensorsName))
    var sums = try ChecksumList.lines(of: [Self.stateName, Self.tensorsName], in: folder)
    if let best, let hash = state.bestWeights.sha256 {
      try WholeFile.share(best, as: folder.appending(path: Self.bestName))
      // The sum of what was written, whatever has become of the file since.
      sums += Data("\(hash)  \(Self.bestName)\n".utf8)
    }
    try WholeFile.write([sums], to: folder.appending(path: ChecksumList.name))
  }

  /// Puts the tensors where they belong. A missing, extra or misshapen one is an error, and nothing changes.
  func restore(_ training: TrainingState) throws {
    let named = try training.tensors().map { NamedTensor(name: $0.name, tensor: $0.tensor, isParameter: false) }
    try Weights.assign(tensors, from: Self.tensorsName, into: named) { _ in false }
  }
}

/// What every version of the layout says.
private struct Version: Decodable {
  let version: Int
}

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
