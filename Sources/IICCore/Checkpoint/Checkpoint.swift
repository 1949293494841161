import Foundation
import Torch

/// A moment of training, held in memory or in a folder of its own.
///
///     state.json          where training is
///     state.safetensors   weights, running statistics and what the optimiser keeps, float32
///     SHA256SUMS          a line for each of the two, as `sha256sum` writes and checks them
struct Checkpoint: Sendable {
  private static let stateName = "state.json"
  private static let tensorsName = "state.safetensors"
  private static let names = [stateName, tensorsName]

  let state: CheckpointState
  private let tensors: SafetensorsFile

  /// Copies everything that a step changes. Throws if any of it is not finite: that must not replace what is good.
  init(_ training: TrainingState, _ state: CheckpointState) throws {
    var file = SafetensorsFile()
    for (name, tensor) in try training.tensors() {
      let isFinite = try tensor.isFinite().to(.uint8).min().item() == 1
      guard isFinite else {
        throw DataError.notFinite(name, epoch: state.current.epoch, step: state.current.step)
      }
      file.tensors[name] = SafetensorsFile.Entry(
        dtype: .float32, shape: tensor.shape, bytes: Data(try tensor.float32Bytes()))
    }
    self.state = state
    tensors = file
  }

  /// Reads a folder. Throws if anything in it is damaged, cut short or missing.
  init(from folder: URL) throws {
    let expected = try Data(contentsOf: folder.appending(path: ChecksumList.name))
    guard try expected == ChecksumList.lines(of: Self.names, in: folder) else {
      throw DataError("the checksums in \(ChecksumList.name) do not fit the files")
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
    try WholeFile.write(
      [ChecksumList.lines(of: Self.names, in: folder)], to: folder.appending(path: ChecksumList.name))
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
