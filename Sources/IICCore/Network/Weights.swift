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
    try check(file, from: path, against: state, ignoring: isIgnored)
    var loaded: [(NamedTensor, Tensor)] = []
    for entry in state {
      guard let found = file.tensors[entry.name] else { continue }
      let tensor = try found.bytes.withUnsafeBytes {
        try Tensor(bytes: $0, shape: found.shape, dtype: .float32)
      }
      loaded.append((entry, tensor))
    }
    for (entry, tensor) in loaded { try entry.tensor.assign(tensor) }
  }

  /// Throws unless a file has the tensors of a state; the error is about the first that does not fit, and names others.
  private static func check(
    _ file: SafetensorsFile, from path: String, against state: [NamedTensor], ignoring isIgnored: (String) -> Bool
  ) throws {
    var problems: [(tensor: String, found: String, allowed: String)] = []
    for entry in state {
      if let found = file.tensors[entry.name] {
        guard found.dtype != .float32 || found.shape != entry.tensor.shape else { continue }
        problems.append(
          (entry.name, "\(found.dtype.rawValue) \(found.shape)", "F32 \(entry.tensor.shape)"))
      } else {
        problems.append((entry.name, "no such tensor", "all tensors of the network"))
      }
    }
    let known = Set(state.map(\.name))
    for extra in file.tensors.keys.filter({ !known.contains($0) && !isIgnored($0) }).sorted() {
      problems.append((extra, "a tensor the network does not have", "its own tensors only"))
    }
    guard let first = problems.first else { return }
    let others = problems.dropFirst().map(\.tensor)
    let list =
      others.isEmpty
      ? ""
      : "; nor do these fit: "
        + others.prefix(8).joined(separator: ", ")
        + (others.count > 8 ? ", ..." : "")
    throw SafetensorsError(file: path, tensor: first.tensor, found: first.found, allowed: first.allowed + list)
  }
}
