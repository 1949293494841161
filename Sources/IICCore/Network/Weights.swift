import Files
public import Foundation
public import Torch

/// A network's weights as a safetensors file.
public enum Weights {
  /// Writes every parameter and running statistic as float32, in row-major order. The file is whole or absent.
  public static func write(_ network: ClusteringNetwork, to url: URL) throws {
    try file(of: network).write(to: url)
  }

  /// A copy of every parameter and running statistic as float32, in row-major order.
  static func file(of network: ClusteringNetwork) throws(TorchError) -> SafetensorsFile {
    var file = SafetensorsFile()
    for entry in network.state {
      file.tensors[entry.name] = SafetensorsFile.Entry(
        dtype: .float32, shape: entry.tensor.shape, bytes: Data(try entry.tensor.float32Bytes()))
    }
    return file
  }

  /// Loads a network's weights by name. A missing, extra or misshapen tensor is an error that names it, and
  /// nothing changes.
  public static func read(_ url: URL, into network: ClusteringNetwork) throws {
    try read(url, into: network.state) { _ in false }
  }

  /// Loads tensors by name, except for those of the file whose names `isIgnored` accepts. A missing, extra or
  /// misshapen tensor is an error that names it, and nothing changes.
  public static func read(_ url: URL, into state: [NamedTensor], ignoring isIgnored: (String) -> Bool) throws {
    try assign(
      SafetensorsFile(contentsOf: url), from: url.path(percentEncoded: false), into: state, ignoring: isIgnored)
  }

  /// Copies tensors by name; `path` is what messages call the file.
  static func assign(
    _ file: SafetensorsFile, from path: String, into state: [NamedTensor], ignoring isIgnored: (String) -> Bool
  ) throws {
    var loaded: [(NamedTensor, Tensor)] = []
    for entry in state {
      guard let found = file.tensors[entry.name] else {
        throw SafetensorsError(
          file: path, tensor: entry.name, found: "no such tensor", allowed: "all tensors of the network")
      }
      guard found.dtype == .float32, found.shape == entry.tensor.shape else {
        throw SafetensorsError(
          file: path, tensor: entry.name, found: "\(found.dtype.rawValue) \(found.shape)",
          allowed: "F32 \(entry.tensor.shape)")
      }
      let tensor = try found.bytes.withUnsafeBytes {
        try Tensor(bytes: $0, shape: found.shape, dtype: .float32)
      }
      loaded.append((entry, tensor))
    }
    let known = Set(state.map(\.name))
    if let extra = file.tensors.keys.filter({ !known.contains($0) && !isIgnored($0) }).min() {
      throw SafetensorsError(
        file: path, tensor: extra, found: "a tensor the network does not have", allowed: "its own tensors only")
    }
    for (entry, tensor) in loaded { try entry.tensor.assign(tensor) }
  }
}
