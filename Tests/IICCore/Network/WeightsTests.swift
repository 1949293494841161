import Files
import Foundation
import Testing
import TestSupport
import Torch

@testable import IICCore

@Suite struct WeightsTests {
  let folder: TemporaryFolder
  let experiment: Experiment
  let network: ClusteringNetwork
  let url: URL

  init() throws {
    folder = try TemporaryFolder()
    experiment = try blobs(cache: SampleCache(folder: folder.url.appending(path: "cache")))
    network = try experiment.makeNetwork(random: RandomStream(seed: 1))
    url = folder.url.appending(path: "weights.safetensors")
  }

  private func values(_ network: ClusteringNetwork) throws -> [String: [Double]] {
    try Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, try $0.tensor.doubles()) })
  }

  @Test func anotherNetworkTakesTheWeightsOver() throws {
    try Weights.write(network, to: url)
    let other = try experiment.makeNetwork(random: RandomStream(seed: 2))
    let differ = try values(other) != values(network)
    #expect(differ)
    try Weights.read(url, into: other)
    let same = try values(other) == values(network)
    #expect(same)
  }

  enum Misfit: CaseIterable { case missing, extra, transposed, shorter, double, misnamed }

  /// Whatever does not fit is named, and not one tensor is changed.
  @Test(arguments: Misfit.allCases) func whatDoesNotFitIsNamed(_ misfit: Misfit) throws {
    var file = try Weights.file(of: network)
    // The last of them, so that all the others fit.
    let name = try #require(network.state.last { $0.tensor.shape.count == 2 }?.name)
    let entry = try #require(file.tensors[name])
    let (path, shape) = (url.path(percentEncoded: false), entry.shape)
    try #require(shape[0] != shape[1])
    var expected = "\(path): tensor \"\(name)\": "
    switch misfit {
    case .missing:
      file.tensors[name] = nil
      expected += "found no such tensor; expected all tensors of the network"
    case .extra:
      file.tensors["more"] = entry
      expected = "\(path): tensor \"more\": found a tensor the network does not have; expected its own tensors only"
    case .transposed:
      file.tensors[name]?.shape = [shape[1], shape[0]]
      expected += "found F32 [\(shape[1]), \(shape[0])]; expected F32 \(shape)"
    case .shorter:
      file.tensors[name] = .init(dtype: .float32, shape: [1], bytes: Data(count: 4))
      expected += "found F32 [1]; expected F32 \(shape)"
    case .double:
      file.tensors[name] = .init(dtype: .float64, shape: shape, bytes: entry.bytes + entry.bytes)
      expected += "found F64 \(shape); expected F32 \(shape)"
    case .misnamed:
      file.tensors["wrong"] = entry
      file.tensors[name] = nil
      expected += "found no such tensor; expected all tensors of the network; nor do these fit: wrong"
    }
    try file.write(to: url)
    let other = try experiment.makeNetwork(random: RandomStream(seed: 2))
    let before = try values(other)
    let error = #expect(throws: SafetensorsError.self) { try Weights.read(url, into: other) }
    #expect(error?.description == expected)
    let after = try values(other)
    #expect(after == before)
  }

  @Test func whatTheUserIgnoresMayBeThere() throws {
    var file = try Weights.file(of: network)
    file.tensors["classifier.weight"] = .init(dtype: .float16, shape: [1], bytes: Data(count: 2))
    try file.write(to: url)
    try Weights.read(url, into: network.state) { $0.hasPrefix("classifier.") }
  }
}
