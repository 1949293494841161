import Files
import Foundation
public import IICCore
import Torch

/// Where the items of a run lie in the plane. It is computed once and kept in the run's folder; other data are placed among
/// the run's items, which stay where they are.
public enum RunMap {
  private static let version = "2"

  /// x and y of each evaluated item, in order. Throws if the data are not the run's own and there is no map to place them on.
  public static func places(of run: FinishedRun) throws -> [Float] {
    guard !run.network.isDense else {
      throw UserError("\(run.folder.path): clusters the places of items; a map is of items")
    }
    let experiment = run.experiment
    let items = experiment.evaluatedItems
    let state = try state(of: run)
    let known = try read(run.folder.map, state: state)
    if let known, known.data == experiment.dataset.description.contentHash,
      known.map.places.count == 2 * items.count
    {
      return known.map.places
    }
    let inputs = try experiment.headInputs(of: run.network, items)
    if let known { return try known.map.places(of: inputs) }
    guard run.folder.dataChanges(experiment).isEmpty else {
      throw UserError(
        "\(run.folder.path): has no map of its own items to place others on; make it first: embed \(run.folder.path) --map FILE"
      )
    }
    let map = try NeighbourMap(inputs, seed: experiment.configuration.training.seed)
    try write(map, to: run.folder.map, state: state, data: experiment.dataset.description.contentHash)
    return map.places
  }

  /// What a map depends on beside the data.
  private static func state(of run: FinishedRun) throws -> String {
    try SHA256.hash(of: "\(version) \(run.weightsSHA256())")
  }

  private static func read(_ url: URL, state: String) throws -> (map: NeighbourMap, data: String)? {
    guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { return nil }
    let file = try SafetensorsFile(contentsOf: url)
    guard file.metadata["state"] == state, let data = file.metadata["data"] else { return nil }
    func tensor(_ name: String) throws -> Tensor {
      guard let entry = file.tensors[name], entry.dtype == .float32 else {
        throw UserError("\(url.path(percentEncoded: false)): has no tensor \(name); remove the file")
      }
      return try entry.bytes.withUnsafeBytes { try Tensor(bytes: $0, shape: entry.shape, dtype: .float32) }
    }
    let map = try NeighbourMap(
      places: tensor("places").floats(), mean: tensor("mean"), components: tensor("components"),
      reduced: tensor("reduced"))
    return (map, data)
  }

  private static func write(_ map: NeighbourMap, to url: URL, state: String, data: String) throws {
    var file = SafetensorsFile(metadata: ["state": state, "data": data])
    let tensors = [
      "places": try Tensor(map.places, shape: [map.places.count / 2, 2]), "mean": map.mean,
      "components": map.components, "reduced": map.reduced,
    ]
    for (name, tensor) in tensors {
      file.tensors[name] = SafetensorsFile.Entry(
        dtype: .float32, shape: tensor.shape, bytes: Data(try tensor.float32Bytes()))
    }
    try file.write(to: url)
  }
}
